/** A plan as a document, and what it is made from. */
import type { FlinkDeployment } from '@drey/api'
import type { KubeObject } from '@drey/reconcile'
import type { ClusterObjects, FlinkFacts, OperatorFacts } from '../deployment/observed.ts'
import type { SnapshotFact } from '../job/snapshot-facts.ts'
import type { Problem } from '../validate/index.ts'
import type { Operation } from './operations.ts'

export interface PlanInput {
  kind: 'FlinkDeployment' | 'FlinkSessionJob'
  /** as it would be after the edit; its status is the present one */
  resource: KubeObject
  /** undefined: it is new */
  before: KubeObject | undefined
  now: number
  cluster: string
  operator: OperatorFacts
  objects: ClusterObjects
  flink: FlinkFacts
  sessionJobs: readonly string[]
  /** the cluster of a session job */
  sessionCluster: FlinkDeployment | undefined
  snapshots: readonly SnapshotFact[]
  history: readonly Operation[]
  /** what admission says beyond the rules: the schema */
  refusals: readonly Problem[]
  /** what had to be assumed because it could not be read */
  assumed: readonly string[]
}

export interface Plan {
  kind: 'Plan'
  version: 1
  resource: { kind: string; namespace: string; name: string }
  cluster: string
  /** the same for the same edit of the same resource; another one when the world has changed */
  id: string
  /** `nothing`: no difference; `refused`: the spec is not valid; `blocked`: it would not begin now */
  outcome: 'nothing' | 'in place' | 'change' | 'blocked' | 'refused'
  what: string
  /** nothing of it was ever deployed */
  isNew: boolean
  by?: string
  changes: readonly PlannedChange[]
  steps: readonly PlannedStep[]
  restore?: Restore
  /** what keeps it from going on, or must end before; sentences */
  blocks: readonly string[]
  /** what is left for later, though the plan is at its end */
  later?: string
  problems: readonly Problem[]
  /** each pass that would be made: which rule, and why */
  because: readonly { rule: string; because: string }[]
  assumed: readonly string[]
}

export interface PlannedChange {
  path: string
  text: string
  type: string
  why: string
}

export interface PlannedStep {
  step: 'suspend' | 'remove' | 'deploy' | 'submit' | 'rescale' | 'snapshot' | 'ingress'
  text: string
  /** from the history: the median of so many */
  usuallyMs?: number
  of?: number
}

export interface Restore {
  from: 'savepoint' | 'checkpoint' | 'HA metadata' | 'path' | 'nothing'
  path?: string
  /** RFC 3339; absent: it is yet to be made, or not known */
  at?: string
  ageMs?: number
  text: string
}
