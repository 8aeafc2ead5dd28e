/** The operator's own health endpoint, canaries and leader election. */
import { boolean, duration, integer, text } from './codecs.ts'
import { minutes, seconds } from './duration.ts'
import { optionsOf } from './option.ts'

const option = optionsOf({
  prefix: 'kubernetes.operator.',
  section: 'Operator health and leader election',
  scope: 'operator',
  dynamic: 'start',
})

export const healthProbe = option(
  'health.probe.enabled',
  boolean,
  true,
  'Whether the operator serves a health endpoint.',
)
export const healthProbePort = option('health.probe.port', integer, 8085, 'The port of the health endpoint.')
export const canaryTimeout = option(
  'health.canary.resource.timeout',
  duration,
  minutes(1),
  'How long a changed canary resource may take to be noticed.',
  { dynamic: 'live' },
)
export const leaderElection = option(
  'leader-election.enabled',
  boolean,
  false,
  'Whether several replicas of the operator choose one that works.',
)
export const leaseName = option(
  'leader-election.lease-name',
  text,
  undefined,
  'The name of the Lease object; mandatory with leader election.',
)
export const leaseDuration = option(
  'leader-election.lease-duration',
  duration,
  seconds(15),
  'How long a lease holds without being renewed.',
)
export const leaseRenewDeadline = option(
  'leader-election.renew-deadline',
  duration,
  seconds(10),
  'A leader that cannot renew for this long steps down.',
)
export const leaseRetryPeriod = option(
  'leader-election.retry-period',
  duration,
  seconds(2),
  'How often a lease is renewed or tried for.',
)
