/** What one pass decided: the next status (the intent), then the acts, in order. */
import type { KubeObject, Ref, ResourceType } from './objects.ts'

/** Idempotent writes to Kubernetes, shared by the operator and the built-in controllers. */
export type KubeAction =
  /**
   * Server-side apply with our field manager, forcing: we own what we render. With `owner`, the uid of that object is filled into
   * the owner reference that names it: dependants are decided together with an owner that does not exist yet.
   */
  | { do: 'apply'; object: KubeObject; type: ResourceType; owner?: Ref }
  /** POST; an object of that name that already exists is fine (names are derived before the effect) */
  | { do: 'create'; object: KubeObject; type: ResourceType }
  /**
   * `uid` is a precondition: never delete a successor by name; 404 and a uid conflict are fine. With `resourceVersion` the object goes
   * only as it was judged: any change of it in between is a conflict, and the act fails.
   */
  | {
      do: 'delete'
      ref: Ref
      uid: string
      resourceVersion?: string
      propagation?: 'Background' | 'Foreground' | 'Orphan'
      graceSeconds?: number
    }
  | { do: 'scale'; ref: Ref; replicas: number }
  /** a JSON merge patch, with `resourceVersion` inside as precondition where it matters */
  | { do: 'merge'; ref: Ref; patch: Record<string, unknown>; subresource?: 'status' }

/** An Event for the user. `reason` and `type` are wire-compatible with upstream where upstream has them. */
export interface Note {
  type: 'Normal' | 'Warning'
  reason: string
  message: string
  /** the component word in the event, upstream's: Operator, Job, JobManagerDeployment, Snapshot */
  component?: string
}

export interface Decision<Status, Action> {
  /** which rule spoke */
  rule: string
  /** one sentence for a person */
  because: string
  /** the whole next status; undefined leaves it as it is */
  status: Status | undefined
  /** ordered, idempotent; usually none or one kind */
  actions: readonly Action[]
  events: readonly Note[]
  /** `hold` keeps our finalizer on the object, `release` removes it after the acts succeeded */
  finalizer: 'hold' | 'release' | 'none'
  /** when to look again if nothing happens before; always bounded */
  lookAgainMs: number
}

/** The first rule that speaks. The array is the table of contents of a controller. */
export const firstOf =
  <V, D>(rules: readonly ((view: V) => D | undefined)[], otherwise: (view: V) => D) =>
  (view: V): D => {
    for (const rule of rules) {
      const decision = rule(view)
      if (decision) return decision
    }
    return otherwise(view)
  }
