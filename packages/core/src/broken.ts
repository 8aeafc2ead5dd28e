/**
 * A resource that cannot even be judged: something in it, or in what is seen of it, breaks the rules' own code. Only this resource
 * suffers; it says so, its job is left alone, and it can be deleted.
 */
import type { Decision } from '@drey/reconcile'
import type { Action } from './action.ts'
import { plainError } from './status/index.ts'

type Resource = { metadata: { deletionTimestamp?: string | undefined }; status?: unknown }

/** How long a broken resource that is being deleted is tried again before it is let go. */
const patienceMs = 5 * 60_000

export const brokenDecision = <S>(resource: Resource, error: unknown, now: number): Decision<S, Action> => {
  const why = error instanceof Error ? error.message : String(error)
  const message = `This resource cannot be judged: ${why.slice(0, 500)}. Nothing is done about it until it is changed.`
  const before = typeof resource.status === 'object' && resource.status !== null ? resource.status : {}
  const text = plainError('ReconciliationException', message)
  const { deletionTimestamp } = resource.metadata
  const letGo = deletionTimestamp !== undefined && now - Date.parse(deletionTimestamp) > patienceMs
  return {
    rule: 'broken',
    because: message,
    status: letGo ? undefined : ({ ...before, error: text } as S),
    actions: [],
    events: letGo
      ? [
          {
            type: 'Warning',
            reason: 'CleanupFailed',
            message:
              'Released without clean-up, since it cannot be judged; what belongs to it is left to garbage collection.',
            component: 'Operator',
          },
        ]
      : (before as { error?: unknown }).error === text
        ? []
        : [{ type: 'Warning', reason: 'Error', message, component: 'Operator' }],
    finalizer: letGo ? 'release' : 'none',
    lookAgainMs: 60_000,
  }
}
