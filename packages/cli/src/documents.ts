/**
 * The one reader of manifests: files, folders or `-`, YAML or JSON, many documents, in kubectl's dialect; each document knows where
 * its fields stand, so that a problem can be told with file, line and column.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { isScalar, LineCounter, parseAllDocuments, visit, type Document as YamlDocument, type YAMLError } from 'yaml'
import { exit, Problem } from './command.ts'
import { partsOf, type Part } from './json-texts.ts'
import { offsetIn } from './position.ts'

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
export const readDocuments = async (files: readonly string[], cwd: string): Promise<Document[]> => {
  const documents: Document[] = []
  for (const file of files)
    for (const { name, text } of await textsOf(file, cwd)) documents.push(...parseDocuments(name, text))
  return documents
}

/** The documents of one text. Empty documents are passed over; what is not YAML ends the command. */
export const parseDocuments = (file: string, text: string): Document[] => {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
  const control = CONTROL.exec(text)
  if (control) {
    const { line, col } = lines.linePos(control.index)
    throw notYaml(
      `${file}:${line}:${col}`,
      `There is a control character (${shownCharacter(control[0])}); neither YAML nor JSON may hold one.`,
      'remove it, or write it as \\u… between double quotes',
    )
  }
  return partsOf(text).flatMap((part) => documentsOf(file, part, (offset) => lines.linePos(part.start + offset)))
}

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F]/
const shownCharacter = (text: string): string => `U+${text.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`

type PlaceOf = (offset: number) => { line: number; col: number }

const documentsOf = (file: string, { text }: Part, placeOf: PlaceOf): Document[] => {
  const documents = parsing(file, () => [...parseAllDocuments(text, kubectlYaml)]) as YamlDocument.Parsed[]
  return documents.flatMap((document) => {
    const [error] = document.errors
    if (error) {
      const { line, col } = placeOf(error.pos[0])
      throw notYaml(`${file}:${line}:${col}`, causeOf(error))
    }
    const twice = keyTwice(document)
    if (twice) {
      const [{ line, col }, first] = [placeOf(twice.offset), placeOf(twice.first)]
      throw notYaml(
        `${file}:${line}:${col}`,
        `The key "${twice.key}" stands there a second time, after line ${first.line}.`,
        'keep one of the two',
      )
    }
    const value = parsing(file, () => document.toJS({ maxAliasCount: 100 }) as unknown)
    if (value === null || value === undefined) return []
    const below = (prefix: string) => (path: string) => {
      const { line, col } = placeOf(offsetIn(document, prefix + path))
      return { line, column: col }
    }
    const { kind, items } = value as { kind?: unknown; items?: unknown }
    if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items))
      return items.map((item: unknown, index) => ({ file, value: item, positionOf: below(`items[${index}].`) }))
    return [{ file, value, positionOf: below('') }]
  })
}

interface Twice {
  key: string
  first: number
  offset: number
}

/** A key that a map holds twice. The parser looks for it, too, but in the square of the number of keys. */
const keyTwice = (document: YamlDocument.Parsed): Twice | undefined => {
  let found: Twice | undefined
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Map<string, number>()
      for (const { key } of items) {
        if (!isScalar(key) || key.value === '<<') continue
        const [text, offset] = [String(key.value), key.range?.[0] ?? 0]
        const first = seen.get(text)
        if (first === undefined) seen.set(text, offset)
        else found ??= { key: text, first, offset }
      }
      return found ? visit.BREAK : undefined
    },
  })
  return found
}

/** Reads from the file system; what cannot be read ends the command. */
export const reading = <T>(what: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    throw new Problem('FILE_UNREADABLE', `${what} cannot be read.`, {
      cause: (error as Error).message,
      fix: 'check the path',
      exitCode: exit.usage,
    })
  }
}

/** YAML 1.1 words and octal numbers, as kubectl reads them, but no times and no sexagesimal numbers. */
const kubectlYaml = {
  version: '1.1',
  merge: true,
  uniqueKeys: false,
  logLevel: 'error',
  customTags: (tags: readonly unknown[]) =>
    tags.filter((tag) => {
      const { tag: name = '', format } = tag as { tag?: string; format?: string }
      return !name.endsWith(':timestamp') && format !== 'TIME'
    }),
} as Parameters<typeof parseAllDocuments>[1]

interface Text {
  name: string
  text: string
}

const textsOf = async (file: string, cwd: string): Promise<Text[]> => {
  if (file === '-') return [{ name: 'stdin', text: decoded('stdin', await buffer(process.stdin)) }]
  const path = resolve(cwd, file)
  const isFolder = reading(file, () => statSync(path).isDirectory())
  const names = isFolder
    ? reading(file, () => readdirSync(path))
        .filter((name) => /\.(ya?ml|json)$/.test(name))
        .toSorted()
        .map((name) => [join(file, name), join(path, name)] as const)
    : [[file, path] as const]
  return names.map(([name, at]) => ({
    name,
    text: decoded(
      name,
      reading(name, () => readFileSync(at)),
    ),
  }))
}

/** UTF-8, or UTF-16 with its mark, which is what PowerShell writes. */
const decoded = (name: string, bytes: Buffer): string => {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
  return reading(name, () => new TextDecoder(encoding, { fatal: true }).decode(bytes))
}

/** Also for what exhausts the parser: aliases by the million, brackets by the thousand. */
const parsing = <T>(file: string, parse: () => T): T => {
  try {
    return parse()
  } catch (error) {
    throw notYaml(file, (error as Error).message)
  }
}

const causeOf = ({ message }: YAMLError): string =>
  (message.split('\n', 1)[0] ?? message).replace(/ at line \d+, column \d+:?$/, '')

const notYaml = (where: string, cause: string, fix = 'check the indentation and quotes around that place'): Problem =>
  new Problem('NOT_YAML', `${where} is not readable YAML.`, {
    cause,
    fix,
    exitCode: exit.usage,
  })
