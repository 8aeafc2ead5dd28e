/** Everything a decision may ask the world to do. All of it is idempotent: the ids are chosen before. */
import type { ResourceRequirements } from '@drey/api'
import type { KubeAction } from '@drey/reconcile'

/** Which JobManager to speak to. */
export interface ClusterRef {
  namespace: string
  /** the cluster id: the FlinkDeployment's name */
  name: string
  /** where its REST interface listens, normally `http://<name>-rest.<namespace>:8081` */
  base: string
}

export interface JobRef {
  cluster: ClusterRef
  jobId: string
}

/** What to submit to a session cluster. */
export interface JarRun {
  /** null: a session job without a jar, for which an empty one is uploaded (upstream does the same) */
  jarUri: string | null
  headers: Readonly<Record<string, string>>
  entryClass?: string
  args?: readonly string[]
  parallelism?: number
  savepointPath?: string
  allowNonRestoredState?: boolean
  modeField: 'claimMode' | 'restoreMode'
  flinkConfiguration?: Readonly<Record<string, string>>
}

export type FlinkAction =
  | { do: 'stop-with-savepoint'; job: JobRef; trigger: string; directory?: string; drain: boolean; format: string }
  | { do: 'savepoint'; job: JobRef; trigger: string; directory?: string; format: string }
  | { do: 'checkpoint'; job: JobRef; trigger: string; type: string }
  /** `lenient`: an unreachable or unknown job is fine, somebody else ends it (a stateless stop deletes the cluster) */
  | { do: 'cancel'; job: JobRef; lenient: boolean; timeoutMs: number }
  /** `lenient`: what comes of it is remembered as a fact, and a refusal keeps nothing else from being done */
  | { do: 'dispose'; cluster: ClusterRef; path: string; lenient?: true }
  | { do: 'run-jar'; job: JobRef; run: JarRun; timeoutMs: number }
  | { do: 'rescale'; job: JobRef; requirements: ResourceRequirements }

export type Action = KubeAction | FlinkAction
