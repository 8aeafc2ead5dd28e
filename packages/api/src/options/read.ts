/** Reading an option's value out of flat configuration text, under whichever of its spellings it stands. */
import type { Option } from './option.ts'
import { isAtLeast, isFlinkVersion } from '../flink/versions.ts'

/** Flat configuration: every key with its text. A Map, because keys come from users and may be `__proto__`. */
export type FlinkConf = ReadonlyMap<string, string>

/** What was found for an option: nothing, a readable value, or a text that cannot be read. */
export type Reading<T> =
  | { found: 'nothing'; value: T }
  | { found: 'value'; value: T; key: string; text: string }
  | { found: 'unreadable'; key: string; text: string; why: string }

/** The value with where it came from; the way for everything that has to complain. */
export const readingOf = <T>(option: Option<T>, conf: FlinkConf): Reading<T> => {
  const key = spellings(option).find((spelling) => conf.has(spelling))
  if (key !== undefined) {
    const text = conf.get(key) as string
    const result = option.codec.parse(text)
    return result.ok
      ? { found: 'value', value: result.value as T, key, text }
      : { found: 'unreadable', key, text, why: result.why }
  }
  const spread = option.codec.spread ? spreadMap(option, conf) : undefined
  return spread === undefined
    ? { found: 'nothing', value: option.default }
    : { found: 'value', value: spread as T, key: option.key, text: '' }
}

/**
 * The value, or the default. Text that cannot be read counts as absent here; validation has reported it, and a controller that is
 * already running a job must not stop looking after it because of a typing error.
 */
export const read = <T>(option: Option<T>, conf: FlinkConf): T => {
  const reading = readingOf(option, conf)
  return reading.found === 'unreadable' ? option.default : reading.value
}

/** Whether any spelling of the option is present, readable or not. */
export const isSet = (option: Option, conf: FlinkConf): boolean => readingOf(option, conf).found !== 'nothing'

/** Every spelling, in the order in which they are tried. */
export const spellings = (option: Option): string[] => [option.key, ...option.fallbackKeys, ...option.deprecatedKeys]

/** The spelling that a Flink version understands; for an unknown version the newest. */
export const keyFor = (option: Option, flinkVersion: string | null | undefined): string => {
  const tooOld = option.since !== undefined && isFlinkVersion(flinkVersion) && !isAtLeast(flinkVersion, option.since)
  return tooOld ? (option.deprecatedKeys[0] ?? option.key) : option.key
}

const spreadMap = (option: Option, conf: FlinkConf): Record<string, string> | undefined => {
  const prefix = `${option.key}.`
  const entries = [...conf]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value])
  return entries.length > 0 ? (Object.fromEntries(entries) as Record<string, string>) : undefined
}
