/** Durations and timestamps of CEL, in nanoseconds. */

export interface Duration {
  readonly is: 'duration'
  readonly nanos: bigint
}
export interface Timestamp {
  readonly is: 'timestamp'
  readonly nanos: bigint
}

const unitNanos: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}

/** Go's notation: `1h30m`, `-1.5s`, `0`. */
export const durationOf = (text: string): Duration | undefined => {
  const parts = /^([+-]?)(.*)$/s.exec(text)!
  const body = parts[2]!
  const negative = parts[1] === '-'
  if (body === '0') return { is: 'duration', nanos: 0n }
  let nanos = 0n
  let rest = body
  while (rest !== '') {
    const part = /^(\d{0,20})(?:\.(\d{0,30}))?(ns|us|µs|μs|ms|s|m|h)/.exec(rest)
    if (!part || (part[1] === '' && !part[2])) return undefined
    const unit = unitNanos[part[3]!]!
    nanos += BigInt(part[1] || '0') * unit
    if (part[2]) nanos += (BigInt(part[2]) * unit) / 10n ** BigInt(part[2].length)
    rest = rest.slice(part[0].length)
  }
  return body === '' ? undefined : { is: 'duration', nanos: negative ? -nanos : nanos }
}

/** RFC 3339, or a date alone. */
export const timestampOf = (text: string): Timestamp | undefined => {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d{2}:\d{2}))?$/.exec(text)
  if (!parts) return undefined
  const millis = Date.parse(`${parts[1]}T${parts[2] ?? '00:00:00'}${(parts[4] ?? 'Z').toUpperCase()}`)
  if (Number.isNaN(millis)) return undefined
  return { is: 'timestamp', nanos: BigInt(millis) * 1_000_000n + BigInt((parts[3] ?? '').padEnd(9, '0')) }
}

export const timestampText = ({ nanos }: Timestamp): string => {
  const seconds = nanos >= 0n ? nanos / 1_000_000_000n : (nanos - 999_999_999n) / 1_000_000_000n
  const fraction = (nanos - seconds * 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '')
  const whole = new Date(Number(seconds) * 1000).toISOString().replace('.000Z', '')
  return `${whole}${fraction === '' ? '' : `.${fraction}`}Z`
}

export const durationText = ({ nanos }: Duration): string => {
  const positive = nanos < 0n ? -nanos : nanos
  const fraction = (positive % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '')
  return `${nanos < 0n ? '-' : ''}${positive / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}s`
}
