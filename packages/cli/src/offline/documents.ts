/** Reading documents of YAML or JSON so that a problem can be told with file, line and column. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Document as YamlDocument } from 'yaml'
import { exit, Problem } from '../command.ts'
import { kubectlYaml } from '../kubectl-yaml.ts'

export interface Position {
  line: number
  column: number
}

export interface Document {
  /** the file as the user named it */
  file: string
  value: unknown
  /** where a path such as `spec.job.args[0]` stands, or the nearest thing above it that exists */
  positionOf(path: string): Position
}

/** Every document of files, folders (their .yaml, .yml and .json files by name) or `-` for standard input; a List gives its items. */
export const readDocuments = (files: readonly string[], cwd: string): Document[] =>
  files.flatMap((file) => contentsOf(file, cwd).flatMap(({ name, text }) => parseDocuments(name, text)))

/** The documents of one text. Empty documents are passed over; what is not YAML ends the command. */
export const parseDocuments = (file: string, text: string): Document[] => {
  const lines = new LineCounter()
  const documents = parsing(file, () => [
    ...parseAllDocuments(text, { ...kubectlYaml, lineCounter: lines }),
  ]) as YamlDocument.Parsed[]
  return documents.flatMap((document) => {
    const [error] = document.errors
    if (error) {
      const { line, col } = lines.linePos(error.pos[0])
      throw unreadable(`${file}:${line}:${col}`, error.message.split('\n', 1)[0] ?? error.message)
    }
    const value = parsing(file, () => document.toJS({ maxAliasCount: 100 }) as unknown)
    if (value === null || value === undefined) return []
    const position = (prefix: string) => (path: string) => locate(document, prefix + path, lines)
    const { kind, items } = value as { kind?: unknown; items?: unknown }
    if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items))
      return items.map((item: unknown, index) => ({ file, value: item, positionOf: position(`items[${index}].`) }))
    return [{ file, value, positionOf: position('') }]
  })
}

/** The files of an operator's configuration directory, by name. */
export const readDirectory = (directory: string, cwd: string): Record<string, string> => {
  const path = resolve(cwd, directory)
  return reading(directory, () =>
    Object.fromEntries(
      readdirSync(path)
        .filter((name) => statSync(join(path, name)).isFile())
        .map((name) => [name, readFileSync(join(path, name), 'utf8')]),
    ),
  )
}

const contentsOf = (file: string, cwd: string): { name: string; text: string }[] =>
  reading(file, () => {
    if (file === '-') return [{ name: 'stdin', text: readFileSync(0, 'utf8') }]
    const path = resolve(cwd, file)
    if (!statSync(path).isDirectory()) return [{ name: file, text: readFileSync(path, 'utf8') }]
    return readdirSync(path)
      .filter((name) => /\.(ya?ml|json)$/.test(name))
      .toSorted()
      .map((name) => ({ name: join(file, name), text: readFileSync(join(path, name), 'utf8') }))
  })

const reading = <T>(what: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    throw unreadable(what, (error as Error).message)
  }
}

/** Also for what exhausts the parser: aliases by the million, brackets by the thousand. */
const parsing = <T>(file: string, parse: () => T): T => {
  try {
    return parse()
  } catch (error) {
    throw unreadable(file, (error as Error).message)
  }
}

const unreadable = (where: string, cause: string): Problem =>
  new Problem('INPUT_UNREADABLE', `${where} cannot be read.`, {
    cause,
    fix: 'check the path; for YAML, the indentation and quotes around that place',
    exitCode: exit.usage,
  })

const locate = (document: YamlDocument.Parsed, path: string, lines: LineCounter): Position => {
  let node: unknown = document.contents
  let offset = rangeOf(node) ?? 0
  let rest = path
  while (rest !== '') {
    const step = isMap(node) ? keyStep(node.items, rest) : isSeq(node) ? itemStep(node.items, rest) : undefined
    if (step === undefined) break
    ;({ node, rest } = step)
    offset = step.offset ?? offset
  }
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

interface Step {
  node: unknown
  rest: string
  offset: number | undefined
}

/** The longest key that begins the rest of the path: keys of Flink have dots of their own. */
const keyStep = (items: readonly { key: unknown; value: unknown }[], rest: string): Step | undefined => {
  const found = items
    .map(({ key, value }) => ({ text: isScalar(key) ? String(key.value) : '', key, value }))
    .filter(({ text }) => text !== '' && (rest === text || rest.startsWith(`${text}.`) || rest.startsWith(`${text}[`)))
    .toSorted((a, b) => b.text.length - a.text.length)[0]
  return (
    found && { node: found.value, rest: rest.slice(found.text.length).replace(/^\./, ''), offset: rangeOf(found.key) }
  )
}

const itemStep = (items: readonly unknown[], rest: string): Step | undefined => {
  const [whole, index] = /^\[?(\d+)\]?\.?/.exec(rest) ?? []
  const node = index === undefined ? undefined : items[Number(index)]
  return node === undefined || whole === undefined
    ? undefined
    : { node, rest: rest.slice(whole.length), offset: rangeOf(node) }
}

const rangeOf = (node: unknown): number | undefined => (node as { range?: [number, number, number] } | null)?.range?.[0]
