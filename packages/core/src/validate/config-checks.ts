/** Checks of effective configuration that deployments and session jobs share. */
import { allOptions, hintsFor, options, readingOf, spellings, type FlinkConf, type Option, type Scope } from '@drey/api'
import type { LayeredConf, LayerName } from '../config/index.ts'
import { error, warning, type Check, type Problem } from './problem.ts'
import { isQuartzCron } from './periods.ts'

export interface Configured {
  layered: LayeredConf
  conf: FlinkConf
}

/** The path of a key in the resource; keys that come from the operator's configuration have none there. */
export const keyPath = (key: string): string => `spec.flinkConfiguration.${key}`

/** Where a key was set, for sentences: nothing when the resource itself says it. */
export const originOf = (layered: LayeredConf, key: string): string => {
  const setting = layered.get(key)
  return setting === undefined || OWN.includes(setting.layer)
    ? ''
    : ` (set by ${setting.layer}${setting.from ? ` ${setting.from}` : ''})`
}
const OWN: LayerName[] = ['resource', 'session-job']

/** The value of an option whose text must be readable, or a problem: upstream fails on such text instead of refusing it. */
export const strictly = <T>(
  option: Option<T>,
  { conf, layered }: Configured,
): { value: T; problem?: undefined } | { value?: undefined; problem: Problem } => {
  const reading = readingOf(option, conf)
  if (reading.found !== 'unreadable') return { value: reading.value }
  const { key, why } = reading
  return {
    problem: error(
      keyPath(key),
      'OPTION_UNREADABLE',
      `The value of ${key}${originOf(layered, key)} cannot be read: ${why}.`,
      `Write ${wanted(option)}${exampleOf(option)}.`,
    ),
  }
}

const wanted = ({ codec: { type } }: Option): string => WORDS[type] ?? `a ${type.toLowerCase()}`
const WORDS: Readonly<Record<string, string>> = {
  Integer: 'a whole number',
  Double: 'a number',
  Boolean: 'true or false',
  Enum: 'one of the words it knows',
  String: 'a text',
  MemorySize: 'a memory size',
}

const exampleOf = (option: Option): string =>
  option.default === undefined ? '' : `, such as ${option.codec.print(option.default)}`

/** Typing errors, old spellings and values that cannot be read. Upstream stores such values and fails, or uses the default, later. */
export const keyProblems = (conf: FlinkConf): Problem[] => [
  ...hints(conf).map(({ key, kind, instead }) =>
    kind === 'old'
      ? warning(keyPath(key), 'OPTION_RENAMED', `${key} is an old name.`, `Write ${instead}.`)
      : warning(
          keyPath(key),
          'OPTION_UNKNOWN',
          `Nobody reads ${key}.`,
          instead === undefined ? 'Remove it, or check its name in the list of options.' : `Did you mean ${instead}?`,
        ),
  ),
  ...[...conf].flatMap(([key, text]) => {
    const option = bySpelling.get(key)
    const result = option?.codec.parse(text)
    if (option === undefined || result === undefined || result.ok) return []
    return warning(
      keyPath(key),
      'OPTION_UNREADABLE',
      `The value of ${key} cannot be read: ${result.why}.`,
      `Write ${wanted(option)}${exampleOf(option)}.`,
    )
  }),
]

const hints = hintsFor(allOptions)
const bySpelling = new Map(allOptions.flatMap((option) => spellings(option).map((key) => [key, option] as const)))

/** What the resource itself says; others answer for the layers below. */
const ownSettings = (layered: LayeredConf): FlinkConf =>
  new Map([...layered].filter(([, { layer }]) => OWN.includes(layer)).map(([key, { value }]) => [key, value]))

const ownKeys: Check<Configured> = { rule: 'W', check: ({ layered }) => keyProblems(ownSettings(layered)) }

/** Options of the operator alone, in a resource: nobody reads them there. */
const withoutEffect: Check<Configured> = {
  rule: 'W',
  check: ({ layered }) =>
    [...ownSettings(layered).keys()].flatMap((key) => {
      const option = bySpelling.get(key)
      return option === undefined || !ELSEWHERE.includes(option.scope)
        ? []
        : warning(
            keyPath(key),
            'OPTION_WITHOUT_EFFECT',
            `${key} has no effect in a resource.`,
            option.scope === 'blue-green'
              ? 'Put it into spec.configuration of the FlinkBlueGreenDeployment.'
              : "Remove it, or have it set in the operator's configuration.",
          )
    }),
}
const ELSEWHERE: Scope[] = ['operator', 'namespace', 'blue-green', 'standalone']

const periodicIntervals: Check<Configured> = {
  rule: 'W',
  check: ({ conf }) =>
    [options.snapshots.periodicSavepointInterval, options.snapshots.periodicCheckpointInterval].flatMap((option) => {
      const text = conf.get(option.key)?.trim() ?? ''
      const isInterval =
        text === '' || options.reconciliation.reconcileInterval.codec.parse(text).ok || isQuartzCron(text)
      return isInterval
        ? []
        : warning(
            keyPath(option.key),
            'PERIOD_UNREADABLE',
            `"${text}" is neither a duration nor a Quartz cron expression, so nothing is triggered.`,
            'Write a duration such as "6 h", or six or seven cron fields such as "0 0 3 * * ?".',
          )
    }),
}

export const configWarnings: readonly Check<Configured>[] = [ownKeys, withoutEffect, periodicIntervals]
