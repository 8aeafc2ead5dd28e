/** The query of a log request, read strictly: a value that means nothing is refused. */
import { TargetError } from './target.ts'
import type { LogOptions } from './log-lines.ts'

export const logOptions = (query: URLSearchParams): LogOptions & { previous: boolean } => {
  const flag = (name: string): boolean => {
    const value = query.get(name)
    return value !== null && !['false', '0'].includes(value)
  }
  const count = (name: string): number | undefined => {
    const value = query.get(name)
    if (value === null) return undefined
    if (!/^\d+$/.test(value)) throw new TargetError(422, `{"message": "Invalid request."}: ${name}: ${value}`)
    return Number(value)
  }
  const tailLines = count('tailLines')
  const limitBytes = count('limitBytes')
  const since = sinceOf(query.get('sinceTime'), count('sinceSeconds'))
  const stream = query.get('stream')?.toLowerCase()
  return {
    follow: flag('follow'),
    previous: flag('previous'),
    timestamps: flag('timestamps'),
    ...(tailLines !== undefined ? { tailLines } : {}),
    ...(limitBytes !== undefined ? { limitBytes } : {}),
    ...(since !== undefined ? { since } : {}),
    ...(stream === 'stdout' || stream === 'stderr' ? { stream } : {}),
  }
}

const sinceOf = (time: string | null, seconds: number | undefined): number | undefined => {
  if (seconds !== undefined) return Date.now() - seconds * 1000
  if (time === null) return undefined
  const at = Date.parse(time)
  if (Number.isNaN(at)) throw new TargetError(422, `{"message": "Invalid request."}: sinceTime: ${time}`)
  return at
}
