/** When something periodic is due: every so often, or by a Quartz cron expression in UTC. Time is an argument. */
import { Cron } from 'croner'
import { parseDuration } from '@drey/api'
import { isQuartzCron } from '../validate/index.ts'

export type Schedule = { everyMs: number } | { cron: string }

/** `none`: empty or 0, so never. `unreadable`: neither a duration nor a cron expression; nothing is taken either. */
export const scheduleOf = (text: string): Schedule | 'none' | 'unreadable' => {
  if (text.trim() === '') return 'none'
  const every = parseDuration(text)
  if (every.ok) return every.value > 0 ? { everyMs: every.value } : 'none'
  return isQuartzCron(text) ? { cron: text } : 'unreadable'
}

/**
 * The newest slot after `last` and not after `now`, in epoch ms; undefined: none is due. Slots that were missed collapse into one, and
 * whoever asks gets the same slot until it is taken: names made of it are taken once.
 */
export const dueSlot = (schedule: Schedule, last: number, now: number): number | undefined => {
  if ('everyMs' in schedule) {
    const count = Math.floor((now - last) / schedule.everyMs)
    return count >= 1 ? last + count * schedule.everyMs : undefined
  }
  const slot = cronOf(schedule.cron)
    ?.previousRuns(1, new Date(now + 1))[0]
    ?.getTime()
  return slot !== undefined && slot > last && slot <= now ? slot : undefined
}

/** The first slot after `last`; undefined: there is none any more. */
export const nextSlot = (schedule: Schedule, last: number): number | undefined =>
  'everyMs' in schedule
    ? last + schedule.everyMs
    : (cronOf(schedule.cron)?.nextRun(new Date(last))?.getTime() ?? undefined)

/** Nothing runs by itself: a paused pattern only computes. */
const cronOf = (text: string): Cron | undefined => {
  try {
    return new Cron(withoutWrapping(text.trim().toUpperCase()), {
      timezone: 'UTC',
      paused: true,
      mode: '6-or-7-parts',
      alternativeWeekdays: true,
      sloppyRanges: true,
    })
  } catch {
    return undefined
  }
}

const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

/** Quartz lets ranges run over the end (`FRI-MON`, `22-2`); written out, any parser understands them. */
const withoutWrapping = (text: string): string => {
  const sizes: readonly [low: number, high: number][] = [
    [0, 59],
    [0, 59],
    [0, 23],
    [1, 31],
    [1, 12],
    [1, 7],
  ]
  return text
    .split(/\s+/)
    .map((field, index) => {
      const size = sizes[index]
      if (!size) return field
      return field
        .split(',')
        .map((part) => expanded(part, size, index === 5 ? DAYS : []))
        .join(',')
    })
    .join(' ')
}

const expanded = (part: string, [low, high]: [number, number], names: readonly string[]): string => {
  const match = /^(\w+)-(\w+)(?:\/(\d+))?$/.exec(part)
  if (!match) return part
  const valueOf = (word: string) => (names.includes(word) ? names.indexOf(word) + 1 : Number(word))
  const [from, to, step] = [valueOf(match[1] ?? ''), valueOf(match[2] ?? ''), Number(match[3] ?? 1)]
  if (Number.isNaN(from) || Number.isNaN(to) || from <= to || step < 1) return part
  const values: number[] = []
  for (let value = from; value <= to + (high - low + 1); value += step)
    values.push(value > high ? value - (high - low + 1) : value)
  return values.join(',')
}
