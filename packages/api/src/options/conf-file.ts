/** The two formats of a Flink configuration file: flat `flink-conf.yaml` and real YAML `config.yaml`. Both total: what cannot be read is told. */
import { parseDocument, stringify } from 'yaml'
import { printFlow, printNumber } from './flow.ts'

export interface ConfFile {
  entries: Map<string, string>
  /** lines or keys that were skipped, and why */
  warnings: string[]
  /** why nothing could be read at all */
  unreadable?: string
}

/**
 * The flat format, as Flink up to 1.20 reads it: everything from the first `#` is a comment, a line is split at the first `": "`,
 * both sides are trimmed, a later duplicate wins; there is no nesting, no quoting and no continuation.
 */
export const parseFlinkConf = (text: string): ConfFile => {
  const entries = new Map<string, string>()
  const warnings: string[] = []
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const content = (line.split('#', 1)[0] ?? '').trim()
    if (content === '') continue
    const split = content.indexOf(': ')
    const key = split < 0 ? '' : content.slice(0, split).trim()
    const value = split < 0 ? '' : content.slice(split + 2).trim()
    if (key === '' || value === '')
      warnings.push(`line ${index + 1}: "${content}" is not of the form "key: value" and is skipped`)
    else entries.set(key, value)
  }
  return { entries, warnings }
}

/**
 * Real YAML, as Flink from 1.19 on reads `config.yaml`: nested maps become dotted keys, lists stay YAML text in flow form, so that
 * `[a, b]` is what a list option finds.
 */
export const parseConfigYaml = (text: string): ConfFile => {
  const entries = new Map<string, string>()
  const failed = (why: string): ConfFile => ({ entries, warnings: [why], unreadable: why })
  let root: unknown
  const warnings: string[] = []
  try {
    // Also for what exhausts the parser: a million brackets. Numbers stay as long as they are written.
    const document = parseDocument(text, { version: '1.2', intAsBigInt: true })
    for (const { code, message } of document.errors) {
      const [, what = message, line = ''] = /^(.*?) at (line \d+), column \d+:?$/.exec(message.split('\n', 1)[0]!) ?? []
      if (code !== 'DUPLICATE_KEY') return failed(`${line}${line ? ': ' : ''}${what}`)
      warnings.push(`${line}: the key stands there a second time; Flink refuses the file`)
    }
    root = document.toJS({ maxAliasCount: 100, mapAsMap: true }) as unknown
  } catch (error) {
    return failed(String(error))
  }
  if (root === null || root === undefined) return { entries, warnings }
  if (!(root instanceof Map)) return failed('the file is not a map of keys to values')
  addNested(root, '', entries)
  return { entries, warnings }
}

/** The text of a flat file; the reverse of `parseFlinkConf` for values that the format can carry. */
export const printFlinkConf = (entries: Iterable<readonly [string, string]>): string =>
  [...entries].map(([key, value]) => `${key}: ${value}\n`).join('')

/** The text of a real YAML file, with one line for each dotted key. */
export const printConfigYaml = (entries: Iterable<readonly [string, string]>): string =>
  stringify(Object.fromEntries(entries), { lineWidth: 0 })

const addNested = (map: Map<unknown, unknown>, prefix: string, into: Map<string, string>): void => {
  for (const [rawKey, value] of map) {
    const key = prefix + String(rawKey)
    if (value instanceof Map && value.size > 0) addNested(value, `${key}.`, into)
    else if (value instanceof Map) continue
    else if (Array.isArray(value)) into.set(key, printFlow(value))
    else into.set(key, scalarText(value))
  }
}

const scalarText = (value: unknown): string =>
  typeof value === 'number' ? printNumber(value) : value === null || value === undefined ? '' : String(value)
