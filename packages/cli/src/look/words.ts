/** Times, sizes and lines as a terminal or a pipe gets them. */
import { withoutControls } from '../terminal.ts'

export interface Look {
  /** epoch ms: what ages count from */
  now: number
  /** undefined: not a terminal. Then times are told in full and nothing is cut */
  columns: number | undefined
}

export const lookOf = (now: number, env: NodeJS.ProcessEnv): Look => ({
  now,
  columns: process.stdout.isTTY && !env['CI'] && env['TERM'] !== 'dumb' ? (process.stdout.columns ?? 80) : undefined,
})

/** `7s`, `3m`, `3d 4h` */
export const span = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 || minutes >= 10 ? `${minutes}m` : `${minutes}m ${seconds % 60}s`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 === 0 ? `${hours}h` : `${hours}h ${minutes % 60}m`
  return hours % 24 === 0 ? `${Math.floor(hours / 24)}d` : `${Math.floor(hours / 24)}d ${hours % 24}h`
}

/** An instant: as an age on a terminal, in full elsewhere. */
export const when = (at: string, { now, columns }: Look): string =>
  columns === undefined ? at.replace(/\.\d+Z$/, 'Z') : `${span(now - Date.parse(at))} ago`

/** The time of day on a terminal, in full elsewhere. */
export const clock = (at: string, { columns, now }: Look): string => {
  if (columns === undefined) return at.replace(/\.\d+Z$/, 'Z')
  const date = new Date(at)
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
  return now - date.getTime() < 20 * 3_600_000 ? time : `${at.slice(5, 10)} ${time}`
}

export const bytes = (count: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(count) / 10))
  const value = count / 1024 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}

/** A labelled line of foreign and own words; long sentences are cut on a terminal, unless they hold a path. */
export const line = (word: string, text: string, look: Look, width = 9): string => {
  const clean = withoutControls(text).replaceAll('\n', ' ')
  const room = look.columns === undefined ? Number.MAX_SAFE_INTEGER : look.columns - width - 3
  const shown = clean.length > room && room > 20 && !clean.includes('://') ? `${clean.slice(0, room - 1)}…` : clean
  return `  ${word.padEnd(width)} ${shown}\n`
}
