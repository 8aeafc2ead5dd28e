/** Parts of durations and timestamps. Time zones: UTC, a fixed offset, or a name of the time zone database. */
import { CelError, type Value } from '../value.ts'
import { noOverload, text, type Fn, type Methods } from './args.ts'
import type { Duration, Timestamp } from './time.ts'

const is =
  (what: 'duration' | 'timestamp') =>
  (value: Value): boolean =>
    typeof value === 'object' && value !== null && 'is' in value && value.is === what

const dividedBy =
  (nanos: bigint): Fn =>
  (value) =>
    (value as Duration).nanos / nanos

export const durationMethods: Methods = {
  on: is('duration'),
  methods: {
    getHours: dividedBy(3_600_000_000_000n),
    getMinutes: dividedBy(60_000_000_000n),
    getSeconds: dividedBy(1_000_000_000n),
    getMilliseconds: dividedBy(1_000_000n),
  },
}

/** The date in the zone, read through the UTC getters. */
const inZone = (value: Value, zone: Value | undefined): Date => {
  const utc = new Date(Number((value as Timestamp).nanos / 1_000_000n))
  if (zone === undefined || zone === 'UTC' || zone === '') return utc
  const offset = /^([+-]?)(\d{2}):(\d{2})$/.exec(text(zone))
  if (offset)
    return new Date(
      utc.getTime() + (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) * 60_000,
    )
  try {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone: text(zone), timeZoneName: 'longOffset' }).format(utc)
    return inZone(value, /GMT(.*)$/.exec(parts)?.[1] || 'UTC')
  } catch {
    throw new CelError(`unknown time zone ${text(zone)}`)
  }
}

const part =
  (read: (date: Date) => number): Fn =>
  (value, zone) =>
    value === undefined ? noOverload() : BigInt(read(inZone(value, zone)))

const dayOfYear = (date: Date): number =>
  Math.floor(
    (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 1)) /
      86_400_000,
  )

export const timestampMethods: Methods = {
  on: is('timestamp'),
  methods: {
    getFullYear: part((date) => date.getUTCFullYear()),
    getMonth: part((date) => date.getUTCMonth()),
    getDate: part((date) => date.getUTCDate()),
    getDayOfMonth: part((date) => date.getUTCDate() - 1),
    getDayOfWeek: part((date) => date.getUTCDay()),
    getDayOfYear: part(dayOfYear),
    getHours: part((date) => date.getUTCHours()),
    getMinutes: part((date) => date.getUTCMinutes()),
    getSeconds: part((date) => date.getUTCSeconds()),
    getMilliseconds: part((date) => date.getUTCMilliseconds()),
  },
}
