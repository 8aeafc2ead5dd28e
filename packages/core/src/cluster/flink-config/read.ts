/** Reading one setting out of Flink configuration text, with Flink's fallback keys; an unreadable value is refused. */
import { parseList, parseMap, parseMemoryBytes, type Parsed } from '@drey/api'
import type { Settings } from '../input.ts'
import { refuse } from '../problem.ts'

/** The value of the first key that is set. */
export const textOf = (config: Settings, ...keys: string[]): string | undefined => {
  for (const key of keys) if (config[key] !== undefined) return config[key]
  return undefined
}

export const isSet = (config: Settings, ...keys: string[]): boolean => textOf(config, ...keys) !== undefined

const read = <T>(
  config: Settings,
  keys: string[],
  what: string,
  parse: (text: string) => T | undefined,
): T | undefined => {
  const text = textOf(config, ...keys)
  if (text === undefined) return undefined
  const value = parse(text)
  const key = keys.find((name) => config[name] !== undefined)
  return (
    value ??
    refuse(
      'CONFIG_VALUE_UNREADABLE',
      `The value "${text}" of ${key} is not ${what}.`,
      `Set ${key} to ${what}, or remove it.`,
    )
  )
}

const valueOr = <T>(parsed: Parsed<T>): T | undefined => (parsed.ok ? parsed.value : undefined)

export const intOf = (config: Settings, fallback: number, ...keys: string[]): number =>
  read(config, keys, 'a whole number', (text) => (/^[+-]?\d{1,10}$/.test(text.trim()) ? Number(text) : undefined)) ??
  fallback

export const doubleOf = (config: Settings, ...keys: string[]): number | undefined =>
  read(config, keys, 'a number', (text) => {
    const plain = text.trim().replace(/[dDfF]$/, '')
    return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : undefined
  })

export const booleanOf = (config: Settings, fallback: boolean, ...keys: string[]): boolean =>
  read(config, keys, 'true or false', (text) => ({ true: true, false: false })[text.trim().toLowerCase()]) ?? fallback

/** Bytes. */
export const memoryOf = (config: Settings, ...keys: string[]): number | undefined =>
  read(config, keys, 'a memory size such as "2048m"', (text) => {
    const bytes = valueOr(parseMemoryBytes(text))
    return bytes === undefined ? undefined : Number(bytes)
  })

export const listOf = (config: Settings, ...keys: string[]): string[] =>
  read(config, keys, 'a list such as "a;b"', (text) => valueOr(parseList(text))) ?? []

/** A map under its key, or spread over keys: `<key>.<map key>`, as nested configuration writes it. */
export const mapOf = (config: Settings, key: string): Record<string, string> =>
  read(config, [key], 'a map such as "a:b,c:d"', (text) => valueOr(parseMap(text))) ?? spreadOf(config, key)

const spreadOf = (config: Settings, key: string): Record<string, string> =>
  Object.fromEntries(spreadKeys(config, key).map((name) => [name.slice(key.length + 1), config[name]!]))

/** The keys over which a map is spread; writing the map under its own key must take them away. */
export const spreadKeys = (config: Settings, key: string): string[] =>
  Object.keys(config).filter((name) => name.startsWith(`${key}.`))

/** A list of maps such as `key:a,operator:Exists;key:b,effect:NoSchedule`. */
export const mapsOf = (config: Settings, ...keys: string[]): Record<string, string>[] =>
  listOf(config, ...keys).map(
    (text) =>
      valueOr(parseMap(text)) ??
      refuse(
        'CONFIG_VALUE_UNREADABLE',
        `"${text}" in ${keys[0]} is not a map.`,
        'Write it as "key:a,operator:Exists".',
      ),
  )
