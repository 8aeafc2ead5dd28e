/** Times of day and Quartz cron expressions, as far as telling right from wrong. */

/** `09:30-17:00`, with seconds and milliseconds if wanted; the start lies before the end. */
export const isDailyPeriod = (text: string): boolean => {
  const ends = text.split('-').map(millisOfDay)
  return ends.length === 2 && ends.every((end) => end !== undefined) && (ends[0] as number) < (ends[1] as number)
}

/** A Quartz cron expression: six or seven fields, second first, and exactly one of day-of-month and day-of-week is `?`. */
export const isQuartzCron = (text: string): boolean => {
  const fields = text.trim().toUpperCase().split(/\s+/)
  if (fields.length < 6 || fields.length > 7) return false
  const [dayOfMonth, dayOfWeek] = [fields[3], fields[5]]
  return (dayOfMonth === '?') !== (dayOfWeek === '?') && fields.every((field, index) => FIELDS[index]!(field))
}

/** An entry of `job.autoscaler.excluded.periods`: a daily period, a cron expression, or one of each joined by `&&`. */
export const excludedPeriodProblem = (entry: string): string | undefined => {
  const parts = entry.split('&&').map((part) => part.trim())
  if (parts.length > 2) return 'more than two expressions are joined'
  const night = parts.find(isBackwards)
  if (night !== undefined)
    return `"${night}" does not end after it starts; a period over midnight is two, such as 22:00-23:59;00:00-06:00`
  const odd = parts.find((part) => !isDailyPeriod(part) && !isQuartzCron(part))
  if (odd !== undefined) return `"${odd}" is neither a daily period such as 09:30-17:00 nor a Quartz cron expression`
  return parts.length === 2 && !(parts.some(isDailyPeriod) && parts.some(isQuartzCron))
    ? 'a daily period joins a cron expression only'
    : undefined
}

const isBackwards = (text: string): boolean => {
  const [start, end, more] = text.split('-').map(millisOfDay)
  return more === undefined && start !== undefined && end !== undefined && start >= end
}

const millisOfDay = (text: string): number | undefined => {
  const parts = text.split(':')
  if (parts.length < 2 || parts.length > 4 || parts.some((part) => !/^\d{1,3}$/.test(part))) return undefined
  const [hour = 0, minute = 0, second = 0, milli = 0] = parts.map(Number)
  return hour < 24 && minute < 60 && second < 60 && milli < 1000
    ? ((hour * 60 + minute) * 60 + second) * 1000 + milli
    : undefined
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

/** `*`, a number or name, a range, a step, or a list of these. */
const within = (low: number, high: number, names: readonly string[] = [], special?: RegExp) => {
  const isValue = (text: string): boolean =>
    names.includes(text) || (/^\d{1,4}$/.test(text) && Number(text) >= low && Number(text) <= high)
  return (field: string): boolean =>
    field.split(',').every((part) => {
      if (special?.test(part)) return true
      const [range = '', step] = part.split('/')
      if (step !== undefined && !/^\d{1,4}$/.test(step)) return false
      return (
        range === '*' ||
        (range === '' && step !== undefined) ||
        (range.split('-').every(isValue) && range.split('-').length <= 2)
      )
    })
}

const FIELDS: ((field: string) => boolean)[] = [
  within(0, 59),
  within(0, 59),
  within(0, 23),
  within(1, 31, [], /^(\?|L(-\d{1,2})?W?|\d{1,2}W)$/),
  within(1, 12, MONTHS),
  within(1, 7, DAYS, /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/),
  within(1970, 2099),
]
