/** Flink clients, the life of a cluster, and what its pods look like. */
import { boolean, duration, oneOf } from './codecs.ts'
import { days, minutes, seconds } from './duration.ts'
import { optionsOf } from './option.ts'

const option = optionsOf({ prefix: 'kubernetes.operator.', section: 'Flink clients and clusters', scope: 'namespace' })

export const flinkClientTimeout = option(
  'flink.client.timeout',
  duration,
  seconds(10),
  'How long a call of the Flink REST interface may take.',
  { deprecatedKeys: ['observer.flink.client.timeout'] },
)
export const flinkClientCancelTimeout = option(
  'flink.client.cancel.timeout',
  duration,
  minutes(1),
  'How long the call that cancels a job may take.',
  { deprecatedKeys: ['reconciler.flink.cancel.job.timeout'] },
)
export const resourceCleanupTimeout = option(
  'resource.cleanup.timeout',
  duration,
  minutes(5),
  'How long to wait for the objects of a cluster to vanish.',
  { deprecatedKeys: ['reconciler.flink.cluster.shutdown.timeout'] },
)
export const jobSubmissionTimeout = option(
  'job.submission.timeout',
  duration,
  minutes(10),
  'How long the call that submits a session job may take.',
)
export const deletionPropagation = option(
  'resource.deletion.propagation',
  oneOf('Foreground', 'Background', 'Orphan'),
  'Foreground',
  'How the deletion of a cluster reaches the objects it owns.',
)
export const jobManagerRecovery = option(
  'jm-deployment-recovery.enabled',
  boolean,
  true,
  'Whether a JobManager that disappeared is created again; needs high availability or upgrade mode stateless.',
  { scope: 'resource', deprecatedKeys: ['reconciler.jm-deployment-recovery.enabled'] },
)
export const jobManagerShutdownTtl = option(
  'jm-deployment.shutdown-ttl',
  duration,
  days(1),
  'How long the JobManager of a finished application stays.',
  { scope: 'resource' },
)
export const jobManagerStartupProbe = option(
  'jm-deployment.startup.probe.enabled',
  boolean,
  true,
  'Whether the JobManager gets a startup probe on its REST port.',
  { scope: 'resource', dynamic: 'deploy' },
)
export const mergePodTemplateArraysByName = option(
  'pod-template.merge-arrays-by-name',
  boolean,
  false,
  'Whether arrays of pod templates are merged by name rather than by position.',
  { scope: 'resource', dynamic: 'deploy' },
)
export const manageIngress = option(
  'ingress.manage',
  boolean,
  true,
  'Whether Ingress objects are created and watched.',
  { dynamic: 'mixed' },
)
export const resourceViewRefreshInterval = option(
  'cluster.resource-view.refresh-interval',
  duration,
  minutes(-1),
  'How old the view of free node capacity may be that the autoscaler asks before it scales up; negative for never asking.',
  { scope: 'operator', dynamic: 'start', defaultText: '-1 min' },
)
