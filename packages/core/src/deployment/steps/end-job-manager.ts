/**
 * Before a cluster is removed whose state stays in HA metadata, its JobManager ends alone (upstream scales it to zero, too). A Deployment
 * that is deleted takes the TaskManagers along with the JobManager: a job that loses them while its JobManager shuts down counts as
 * cancelled in Flink before 1.18.2 and 1.19 (FLINK-34518, adaptive scheduler), and such a JobManager removes its HA metadata.
 */
import type { Action } from '../../action.ts'
import type { Pass } from '../pass.ts'

/** The acts towards the JobManager's end; undefined: it has ended, or nothing depends on how it does. */
export const endOfJobManager = ({ view }: Pass): readonly Action[] | undefined => {
  const { jobManager, pods } = view.observed.cluster
  if (view.mode !== 'native' || !jobManager || jobManager.deleting) return undefined
  // Whatever hangs otherwise is TaskManagers that nobody uses any more: they may go.
  if (!pods.some(({ component }) => component === 'jobmanager')) return undefined
  if (jobManager.replicas === 0) return []
  return [
    {
      do: 'merge',
      ref: view.refs.jobManager,
      patch: {
        // A request that arrives late must not end the JobManager of a later cluster.
        ...(jobManager.resourceVersion ? { metadata: { resourceVersion: jobManager.resourceVersion } } : {}),
        spec: { replicas: 0 },
      },
    },
  ]
}
