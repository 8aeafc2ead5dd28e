/** What a key probably meant: hints for typing errors and old spellings. */
import type { Option } from './option.ts'
import type { FlinkConf } from './read.ts'

export interface KeyHint {
  key: string
  /** `unknown`: nobody reads it. `old`: it works, under a newer name. `misspelt`: unknown and close to a key of Flink */
  kind: 'unknown' | 'old' | 'misspelt'
  /** the key to write instead */
  instead?: string
}

/** The families of keys that are not options (their ends are free). */
const FREE_FAMILIES = [
  'kubernetes.operator.default-configuration.namespace.',
  'kubernetes.operator.default-configuration.flink-version.',
  'kubernetes.operator.metrics.',
  'kubernetes.operator.plugins.',
]

/** Keys of well-known tutorials that no Flink ever read, and what their authors meant. */
const NEVER_READ: ReadonlyMap<string, string> = new Map([['env.taskmanager.tmp.dirs', 'io.tmp.dirs']])

const MOST_LOOKED_UP = 50

/** Whose keys we know completely: a key below these that no option has is nobody's. */
const OWN_PREFIXES = ['kubernetes.operator.', 'job.autoscaler.']

/** Hints about the keys of a configuration, given every option there is. */
export const hintsFor = (options: readonly Option[]): ((conf: FlinkConf) => KeyHint[]) => {
  const known = new Map<string, Option>()
  const old = new Map<string, Option>()
  for (const option of options) {
    for (const key of [option.key, ...option.fallbackKeys]) known.set(key, option)
    for (const key of option.deprecatedKeys) if (!old.has(key)) old.set(key, option)
  }
  const templates = options.filter((option) => option.template).map((option) => templatePattern(option.key))
  const spread = options.filter((option) => option.codec.spread).map((option) => `${option.key}.`)
  const isKnown = (key: string): boolean =>
    known.has(key) ||
    FREE_FAMILIES.some((family) => key.startsWith(family)) ||
    spread.some((prefix) => key.startsWith(prefix)) ||
    templates.some((template) => template.test(key))

  const hintOf = (key: string, lookUp: boolean): KeyHint | undefined => {
    const renamed = old.get(key)
    // Old spellings of Flink's own keys are right for older Flink versions.
    if (renamed) return renamed.scope === 'flink' ? undefined : { key, kind: 'old', instead: renamed.key }
    const meant = NEVER_READ.get(key)
    if (meant !== undefined) return { key, kind: 'misspelt', instead: meant }
    const own = OWN_PREFIXES.some((prefix) => key.startsWith(prefix))
    const near = lookUp ? nearest(key, known.keys(), own ? Math.max(3, key.length / 5) : 2) : undefined
    if (own) return near === undefined ? { key, kind: 'unknown' } : { key, kind: 'unknown', instead: near }
    return near === undefined || key.length < 8 ? undefined : { key, kind: 'misspelt', instead: near }
  }
  return (conf) => {
    const unknown = [...conf.keys()].filter((key) => !isKnown(key))
    // Looking for neighbours costs; a configuration with more strange keys than this has other problems.
    return unknown.flatMap((key, index) => hintOf(key, index < MOST_LOOKED_UP && key.length < 200) ?? [])
  }
}

/** The word with the fewest edits to `text`, if that is at most `most` edits away. */
export const nearest = (text: string, words: Iterable<string>, most: number): string | undefined => {
  let best: string | undefined
  let bound = most
  for (const word of words) {
    if (Math.abs(word.length - text.length) > bound) continue
    const distance = edits(text.toLowerCase(), word.toLowerCase(), bound)
    if (distance < bound || (distance === bound && best === undefined)) [best, bound] = [word, distance]
  }
  return best
}

/** Insertions, removals, replacements and swaps of neighbours between two words; any number above `most` once it is exceeded. */
const edits = (a: string, b: string, most: number): number => {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1)
      row.push(cost)
    }
    if (Math.min(...row) > most) return most + 1
    ;[before, last] = [last, row]
  }
  return last[b.length]!
}

const templatePattern = (key: string): RegExp =>
  new RegExp(
    `^(kubernetes\\.operator\\.)?${key
      .split(/<[^>]+>/)
      .map((part) => part.replaceAll('.', '\\.'))
      .join('.+')}$`,
  )
