/**
 * The only controller code: observe → decide → record → act → look again. Nothing else writes status, nothing acts before
 * the intent is recorded, and no act is followed by more thinking in the same pass.
 */
import type { Decision, Note } from './decision.ts'
import type { KubeObject } from './objects.ts'

/** One kind of resource: how to look at it and how to judge it. */
export interface Kind<R extends KubeObject, O, S, A> {
  name: string
  /** Never throws: a look that failed is an unknown fact. */
  observe(resource: R): Promise<O>
  /** Pure. */
  decide(resource: R, observed: O): Decision<S, A>
  /** What becomes of a resource whose look or judgement threw; without it the pass fails and is tried again. */
  broken?(resource: R, error: unknown): Decision<S, A>
  /**
   * The pair assertion: may replace an unsafe decision by one that holds and alarms. Asked before the record, and before the acts once
   * more with the status as it was really stored.
   */
  guard?(resource: R, observed: O, decision: Decision<S, A>): Decision<S, A>
}

/** What happened to the acts: all done, or the first failure (later ones were not tried). */
export type Outcome = { ok: true } | { ok: false; error: unknown; failedAction: number }

export interface CyclePorts<R extends KubeObject, S, A> {
  /** the newest object we know, from the cache that also remembers our own writes */
  get(key: string): R | undefined
  /** adds our finalizer if it is missing */
  hold(resource: R): Promise<R>
  /** removes our finalizer if it is there */
  release(resource: R): Promise<void>
  /**
   * Writes the status under resourceVersion; writes nothing when nothing changed, unless acts follow: then `fence` asks whether this
   * is still the newest state. Undefined: somebody else wrote first.
   */
  record(resource: R, status: S, fence: boolean): Promise<R | undefined>
  act(resource: R, actions: readonly A[]): Promise<Outcome>
  notify(resource: R, notes: readonly Note[]): Promise<void>
}

/** Everything about one pass: metrics, log, journal and listeners are folds over these. */
export interface Told<R extends KubeObject, O, S, A> {
  key: string
  /** as it was when it was looked at and decided about */
  before: R
  /** as it is after the decision was written down */
  resource: R
  observed: O
  decision: Decision<S, A>
  recorded: boolean
  outcome: Outcome | undefined
}

/**
 * After a conflict another look is due almost at once: the cache is about to hear of the other write. A cache that stays behind is
 * asked ever more rarely, so that a slow watch does not become a storm of refused writes.
 */
const conflictLookMs = (conflicts: number): number => Math.min(100 * 2 ** Math.min(conflicts, 10), 5_000)

const judged = async <R extends KubeObject, O, S, A>(
  kind: Kind<R, O, S, A>,
  resource: R,
): Promise<{ observed: O; decision: Decision<S, A> }> => {
  try {
    const observed = await kind.observe(resource)
    const decision = kind.decide(resource, observed)
    return { observed, decision: kind.guard ? kind.guard(resource, observed, decision) : decision }
  } catch (error) {
    if (!kind.broken) throw error
    return { observed: undefined as O, decision: kind.broken(resource, error) }
  }
}

/**
 * One pass over one key. Answers in how many milliseconds to look again (undefined: only when something happens).
 * Rejects when the acts failed, so that the queue backs off; the failure is a fact for the next pass.
 */
export const cycle = <R extends KubeObject, O, S, A>(
  kind: Kind<R, O, S, A>,
  ports: CyclePorts<R, S, A>,
  told: (pass: Told<R, O, S, A>) => void = () => {},
) => {
  const conflicts = new Map<string, number>()
  return async (key: string): Promise<number | undefined> => {
    let resource = ports.get(key)
    if (!resource) return void conflicts.delete(key)
    const before = resource
    const { observed, decision: first } = await judged(kind, resource)
    let decision = first
    if (decision.finalizer === 'hold') resource = await ports.hold(resource)
    if (decision.status !== undefined) {
      const recorded = await ports.record(resource, decision.status, decision.actions.length > 0)
      if (!recorded) {
        told({ key, before, resource, observed, decision, recorded: false, outcome: undefined })
        const count = conflicts.get(key) ?? 0
        conflicts.set(key, count + 1)
        return conflictLookMs(count)
      }
      conflicts.delete(key)
      resource = recorded
    }
    // A server that drops what it does not know (an older CRD) has not recorded the intent: then nothing is done.
    const { status } = resource as { status?: S }
    if (kind.guard && decision.actions.length > 0) decision = kind.guard(before, observed, { ...decision, status })
    const outcome = decision.actions.length > 0 ? await ports.act(resource, decision.actions) : ({ ok: true } as const)
    // After the acts: a slow Event write must not let a decision grow old before it is carried out.
    if (decision.events.length > 0) await ports.notify(resource, decision.events)
    if (outcome.ok && decision.finalizer === 'release') await ports.release(resource)
    told({ key, before, resource, observed, decision, recorded: true, outcome })
    if (!outcome.ok) throw outcome.error
    return decision.lookAgainMs
  }
}
