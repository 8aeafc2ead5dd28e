/**
 * Reads Flink's configuration folder as the processes of one Flink version do, as flat keys with text values.
 *
 * Up to 1.18 only `flink-conf.yaml` exists, a file of `key: value` lines; 1.19 and 1.20 prefer it to `config.yaml`, which
 * is real YAML; from 2.0 only `config.yaml` is read (Flink's GlobalConfiguration).
 */
import { isMap, isPair, isScalar, isSeq, parseDocument } from 'yaml'
import type { Node } from 'yaml'
import { atLeast } from './distribution/version.ts'

export type FlinkConfig = Readonly<Record<string, string>>

export const LEGACY_FILE = 'flink-conf.yaml'
export const STANDARD_FILE = 'config.yaml'

/** `read` gives a file of the configuration folder, undefined if it is not there. */
export const readFlinkConfig = (version: string, read: (file: string) => string | undefined): FlinkConfig => {
  const legacy = atLeast(version, '2.0') ? undefined : read(LEGACY_FILE)
  if (legacy !== undefined) return legacyConfig(legacy)
  const standard = atLeast(version, '1.19') ? read(STANDARD_FILE) : undefined
  return standard === undefined ? {} : standardConfig(standard)
}

/** The old reader cuts a line at its first `#`, wherever it stands, and splits at the first `": "`. */
export const legacyConfig = (text: string): FlinkConfig => {
  const config: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const [pair = ''] = line.split('#', 1)
    const at = pair.indexOf(': ')
    const key = pair.slice(0, at).trim()
    const value = pair.slice(at + 2).trim()
    if (at > 0 && key && value) config[key] = value
  }
  return config
}

/** Nested maps become dotted keys; a list becomes its members joined by `;`, as Flink writes lists as text. */
export const standardConfig = (text: string): FlinkConfig => {
  const config: Record<string, string> = {}
  flatten(parseDocument(text, { schema: 'failsafe', uniqueKeys: false }).contents, '', config)
  return config
}

const flatten = (node: unknown, path: string, into: Record<string, string>): void => {
  if (isMap(node)) {
    for (const pair of node.items)
      if (isPair(pair)) flatten(pair.value, path ? `${path}.${textOf(pair.key)}` : textOf(pair.key), into)
  } else if (isSeq(node)) {
    into[path] = node.items.map((item) => textOf(item)).join(';')
  } else if (isScalar(node) && !isEmpty(node)) {
    into[path] = textOf(node)
  }
}

const textOf = (node: unknown): string => (isScalar(node) ? String(node.value) : String((node as Node).toJSON()))

/** `key:` and `key: null` are no values; `key: ''` is one. */
const isEmpty = (node: { value: unknown; type?: string }): boolean =>
  node.type === 'PLAIN' && (node.value === '' || node.value === 'null' || node.value === '~')
