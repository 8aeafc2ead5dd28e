/** Small makings shared by the decisions of the built-in controllers. */
import type { Decision, KubeAction, Note } from '@drey/reconcile'

/** Even a quiet object is looked at again: a missed wake-up must not be for ever. */
export const quietMs = 10 * 60_000

export const decision = <Status, Action = KubeAction>(
  rule: string,
  because: string,
  rest: Partial<Decision<Status, Action>> = {},
): Decision<Status, Action> => ({
  rule,
  because,
  status: undefined,
  actions: [],
  events: [],
  finalizer: 'none',
  lookAgainMs: quietMs,
  ...rest,
})

export const normal = (reason: string, message: string): Note => ({ type: 'Normal', reason, message })
export const warning = (reason: string, message: string): Note => ({ type: 'Warning', reason, message })

/** Why the acts of the last pass failed. */
export interface LastFailure {
  action: string
  message: string
}

/** What a controller of pods tells about it before it tries again. */
export const failureNotes = (failure: LastFailure | undefined): Note[] => {
  if (!failure) return []
  return failure.action === 'create'
    ? [warning('FailedCreate', `Error creating: ${failure.message}`)]
    : [warning('FailedDelete', `Error deleting: ${failure.message}`)]
}

/** RFC 3339 without fractions, as `metav1.Time` is written. */
export const timeText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/** A copy without members that are undefined, 0, '' or empty lists: what Go's `omitempty` leaves out. */
export const omitEmpty = <T extends object>(value: T): T =>
  Object.fromEntries(
    Object.entries(value).filter(
      ([, member]) =>
        member !== undefined && member !== 0 && member !== '' && !(Array.isArray(member) && member.length === 0),
    ),
  ) as T

/** How many of `total` a field like maxSurge means: a count, or a percentage that rounds up or down. */
export const countOf = (value: number | string | undefined, total: number, round: 'up' | 'down'): number => {
  if (value === undefined) return 0
  if (typeof value === 'number') return value
  const part = value.endsWith('%') ? (Number(value.slice(0, -1)) * total) / 100 : Number(value)
  return round === 'up' ? Math.ceil(part) : Math.floor(part)
}

/** When to look again: at the time given if there is one, and anyhow before long. */
export const nextLook = (...ms: (number | undefined)[]): number =>
  Math.max(100, Math.min(quietMs, ...ms.filter((one) => one !== undefined)))
