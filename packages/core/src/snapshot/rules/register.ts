/** `alreadyExists`: nothing is taken; the savepoint at `path` gets a resource that stands for it. */
import { answer, idleMs, instant, type SnapshotRule } from '../pass.ts'

export const register: SnapshotRule = (view) => {
  const { savepoint } = view.resource.spec ?? {}
  if (view.status.state !== 'TRIGGER_PENDING' || view.kind !== 'savepoint' || !savepoint?.alreadyExists)
    return undefined
  if (view.problems.length > 0) return undefined
  const at = instant(view.now)
  return answer(view, {
    rule: 'register',
    because: 'the savepoint exists already',
    change: {
      state: 'COMPLETED',
      path: savepoint.path ?? undefined,
      triggerTimestamp: at,
      resultTimestamp: at,
      error: undefined,
    },
    lookAgainMs: idleMs,
  })
}
