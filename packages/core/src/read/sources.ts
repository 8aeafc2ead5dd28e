/**
 * What the documents of this folder are made from. Each source is asked for by itself and may be missing: then it says why (a right,
 * a time limit), the document says it, too, and everything else is still told.
 */
import type { CheckpointFacts, FlinkDeployment, FlinkSessionJob, FlinkStateSnapshot, JobOverview } from '@drey/api'
import type { Fact, KubeObject } from '@drey/reconcile'
import type { Operation } from './operations.ts'

export type FlinkKind = 'FlinkDeployment' | 'FlinkSessionJob' | 'FlinkStateSnapshot'
export type FlinkResource = KubeObject & (FlinkDeployment | FlinkSessionJob | FlinkStateSnapshot)

export interface Sources {
  /** epoch ms at which this was asked */
  now: number
  /** how people call the cluster: `home default`, a context */
  cluster: string
  kind: FlinkKind
  resource: FlinkResource
  /** of a session job: its cluster; of a snapshot: its job. Value undefined: there is none */
  parent: Fact<KubeObject | undefined> | undefined
  events: Fact<readonly EventFact[]>
  /** source H; undefined inside: there is none, so nothing has ended under Drey's eyes */
  history: Fact<readonly Operation[] | undefined>
  pods: Fact<readonly PodSight[]>
  flink: Fact<FlinkSight>
  operator: OperatorSight
}

export interface EventFact {
  /** epoch ms, last seen */
  at: number
  /** epoch ms */
  firstAt: number
  count: number
  type: 'Normal' | 'Warning'
  reason: string
  message: string
  /** the component that said it: Job, JobManagerDeployment, kubelet … */
  component: string
  about: { kind: string; name: string }
}

export interface PodSight {
  name: string
  component: string
  phase: string
  ready: boolean
  deleting: boolean
  createdAt: number
  restarts: number
  /** why it is not running: a container's reason, or the scheduler's message */
  waits?: { reason: string; message: string }
}

/** What the JobManager says, through the API server. */
export interface FlinkSight {
  version?: string
  job?: JobOverview
  checkpoints?: CheckpointFacts
  slots?: { total: number; free: number }
  taskManagers?: number
}

/** What is known of the operator from outside. */
export interface OperatorSight {
  /** `home`: the process of a running home; otherwise what was found out, or why nothing was */
  alive: Fact<boolean>
  /** how it was known: `the home's own process` */
  by: string
}

export const conditionOf = (
  resource: KubeObject,
  type: string,
): { status: string; reason: string; message: string; at?: number } | undefined => {
  const { conditions } = (resource['status'] ?? {}) as {
    conditions?: { type?: string; status?: string; reason?: string; message?: string; lastTransitionTime?: string }[]
  }
  const found = conditions?.find((one) => one.type === type)
  if (!found) return undefined
  const at = Date.parse(found.lastTransitionTime ?? '')
  return {
    status: found.status ?? '',
    reason: found.reason ?? '',
    message: found.message ?? '',
    ...(Number.isNaN(at) ? {} : { at }),
  }
}
