/** Ages as kubectl shows them: two units while they are small, one when they are large. */

/** `5s`, `3m20s`, `47m`, `5h12m`, `30h`, `3d4h`, `90d`, `2y100d`; `<invalid>` for more than a second into the future. */
export const shortDuration = (ms: number): string => {
  const seconds = Math.floor(ms / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (days < 8) return two(days, 'd', hours % 24, 'h')
  if (days < 730) return `${days}d`
  const years = Math.floor(days / 365)
  return years < 8 ? two(years, 'y', days % 365, 'd') : `${years}y`
}

const two = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`

/** The age of an RFC 3339 time, `<unknown>` without one. */
export const ageOf = (time: unknown, now: number): string => {
  if (typeof time !== 'string' || !time) return '<unknown>'
  const at = Date.parse(time)
  return Number.isNaN(at) ? '<invalid>' : shortDuration(now - at)
}
