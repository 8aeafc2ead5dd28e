/** The one reader of manifests: what kubectl takes, it takes, and it knows the place of every field. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { parseDocuments, readDocuments } from '../src/documents.ts'
import { readManifests } from '../src/manifests.ts'

const directories: string[] = []
afterEach(() => directories.splice(0).forEach((directory) => rmSync(directory, { recursive: true })))
const folder = (files: Record<string, string | Uint8Array>): string => {
  const directory = mkdtempSync(join(tmpdir(), 'drey-documents-'))
  directories.push(directory)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
  return directory
}
const values = (text: string): unknown[] => parseDocuments('x.yaml', text).map(({ value }) => value)
const read = async (content: string | Uint8Array): Promise<unknown[]> =>
  (await readDocuments(['x.yaml'], folder({ 'x.yaml': content }))).map(({ value }) => value)

describe('what kubectl takes', () => {
  test.each<[string, string, unknown[]]>([
    ['empty documents and comments', '---\n---\n# nothing\n---\na: 1\n---\n', [{ a: 1 }]],
    ['documents that end with dots', 'a: 1\n...\n---\nb: 2\n...\n', [{ a: 1 }, { b: 2 }]],
    ['a separator with a comment', 'a: 1\n--- # second\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['lines that end as on Windows', 'a:\r\n  b: 1\r\n---\r\nc: 2\r\n', [{ a: { b: 1 } }, { c: 2 }]],
    ['a directive', '%YAML 1.1\n---\na: 1\n', [{ a: 1 }]],
    ['anchors', 'a: &x { b: 1 }\nc: *x\n', [{ a: { b: 1 }, c: { b: 1 } }]],
    ['merged keys', 'a: &x { b: 1, c: 1 }\nd: { <<: *x, c: 2 }\n', [{ a: { b: 1, c: 1 }, d: { b: 1, c: 2 } }]],
    ['words of YAML 1.1', 'a: yes\nb: off\nc: 010\nd: 1_000\ne: 0x1F\n', [{ a: true, b: false, c: 8, d: 1000, e: 31 }]],
    ['neither times nor sexagesimal numbers', 'a: 2020-01-01\nb: 12:30:45\n', [{ a: '2020-01-01', b: '12:30:45' }]],
    ['keys that are no texts', '1: a\ntrue: b\n1.5: c\n', [{ '1': 'a', true: 'b', '1.5': 'c' }]],
    ['JSON with tabs', '{\n\t"a": [\n\t\t1\n\t]\n}\n', [{ a: [1] }]],
    [
      'JSON texts one after the other',
      '{"a": "}\\"{"}\n{"b": {"c": 1}} {"d": 1}',
      [{ a: '}"{' }, { b: { c: 1 } }, { d: 1 }],
    ],
    ['JSON after YAML', 'a: 1\n---\n{"b": 2}\n', [{ a: 1 }, { b: 2 }]],
    ['a List', 'kind: List\nitems: [{ a: 1 }, { b: 2 }]\n', [{ a: 1 }, { b: 2 }]],
    ['a list of a kind', 'kind: FlinkDeploymentList\nitems: [{ a: 1 }]\n', [{ a: 1 }]],
    ['an empty List', 'kind: List\nitems: []\n', []],
    ['flow style of YAML that is no JSON', "{a: 1, b: 'x'}\n", [{ a: 1, b: 'x' }]],
  ])('%s', (_, text, expected) => expect(values(text)).toEqual(expected))

  test('UTF-8 with a mark, and UTF-16 either way', async () => {
    const marked = '\ufeffa: ä\n'
    const little = Buffer.from(marked, 'utf16le')
    expect([await read(marked), await read(little), await read(Buffer.from(little).swap16())]).toEqual(
      Array.from({ length: 3 }, () => [{ a: 'ä' }]),
    )
  })
  test('folders give their .yaml, .yml and .json files, by name', async () => {
    const cwd = folder({ 'b.yml': 'id: 2', 'a.yaml': 'id: 1', 'c.json': '{"id": 3}', 'd.txt': 'id: 4' })
    expect((await readDocuments(['.'], cwd)).map(({ file, value }) => [file, value])).toEqual([
      ['a.yaml', { id: 1 }],
      ['b.yml', { id: 2 }],
      ['c.json', { id: 3 }],
    ])
  })
})

describe('the place of a field', () => {
  const placeOf = (text: string, path: string, document = 0) => {
    const { line, column } = parseDocuments('x', text)[document]!.positionOf(path)
    return `${line}:${column}`
  }
  test.each([
    ['the key itself', 'a:\n  b: 1\n', 'a.b', '2:3'],
    ['the nearest above what is missing', 'a:\n  b: 1\n', 'a.c.d', '1:1'],
    ['an item', 'a:\n  - x\n  - y\n', 'a[1]', '3:5'],
    ['a key with dots', 'conf:\n  a.b.c: 1\n  a.b: 2\n', 'conf.a.b.c', '2:3'],
    ['nested where the path has dots', 'conf:\n  a:\n    b.c: 1\n', 'conf.a.b.c', '3:5'],
    ['the document', 'a: 1\n', '', '1:1'],
    ['an item of a List', 'kind: List\nitems:\n- a: 1\n', 'a', '3:3'],
    ['with lines that end as on Windows', 'a:\r\n  b: 1\r\n', 'a.b', '2:3'],
  ])('%s', (_, text, path, expected) => expect(placeOf(text, path)).toBe(expected))

  test('later documents and JSON texts count from the beginning of the file', () => {
    expect([placeOf('a: 1\n---\nb:\n  c: 1\n', 'b.c', 1), placeOf('{"a": 1}\n  {"b":\n {"c": 1}}', 'b.c', 1)]).toEqual([
      '4:3',
      '3:3',
    ])
  })
})

describe('what nobody can read ends the command, with its place', () => {
  test.each<[string, string | Uint8Array, string, RegExp]>([
    ['a key twice', 'a: 1\nb: 2\na: 3\n', 'x.yaml:3:1', /"a" .* second time, after line 1/],
    ['a key twice, further down', 'a:\n  - b: { c: 1, d: 2, c: 3 }\n', 'x.yaml:2:22', /"c"/],
    ['a key twice in JSON', '{"a": 1,\n "a": 2}', 'x.yaml:2:2', /"a"/],
    ['a tab as indentation', 'a:\n\tb: 1\n', 'x.yaml:2:1', /[Tt]ab/],
    ['an open bracket', 'a: [1\nb: 2\n', 'x.yaml:2:1', /./],
    ['an anchor that is nowhere', 'a: *b\n', 'x.yaml', /alias/],
    ['bytes that are no text', Uint8Array.of(0x61, 0xff, 0xfe, 0x0a), 'x.yaml', /utf-8/],
    [
      'aliases by the million',
      Array.from({ length: 9 }, (_, i) => `a${i}: &a${i} [${`${i === 0 ? 'x' : `*a${i - 1}`},`.repeat(9)}]`).join('\n'),
      'x.yaml',
      /alias/,
    ],
  ])('%s', async (_, content, where, cause) => {
    const problem = (await read(content).catch((error: unknown) => error)) as { message: string; cause1: string }
    expect(problem).toMatchObject({ exitCode: 2 })
    expect(problem.message.split(' ')[0]).toBe(where)
    expect(problem.cause1).toMatch(cause)
    expect(problem.cause1).not.toMatch(/at line/)
  })
  test('a template that was not filled in is read as what it says, without a word to the terminal', () =>
    expect(values('image: {{ .Values.image }}\n')).toHaveLength(1))
})

describe('manifests to be sent', () => {
  const objects = (text: string) => readManifests(['x.yaml'], folder({ 'x.yaml': text }))
  test.each([
    ['nothing', '# nothing\n', 'NO_OBJECTS'],
    ['a text', 'hello\n', 'NOT_AN_OBJECT'],
    ['no name', 'apiVersion: v1\nkind: ConfigMap\n', 'NOT_AN_OBJECT'],
  ])('%s is refused', async (_, text, code) => expect(objects(text)).rejects.toMatchObject({ code, exitCode: 2 }))
  test('the place of the wrong one is told', async () =>
    expect(objects('apiVersion: v1\nkind: A\nmetadata: { name: a }\n---\nkind: B\n')).rejects.toThrow(/^x\.yaml:5:1 /))
})
