/** The reconciliation loop and the controller's running: how often, how many at once, what after a failure. */
import { boolean, double, duration, integer } from './codecs.ts'
import { minutes, seconds } from './duration.ts'
import { optionsOf } from './option.ts'

const option = optionsOf({
  prefix: 'kubernetes.operator.',
  section: 'Reconciliation loop',
  scope: 'operator',
  dynamic: 'start',
})

export const reconcileInterval = option(
  'reconcile.interval',
  duration,
  minutes(1),
  'How long a settled resource rests before it is looked at again.',
  { scope: 'namespace', dynamic: 'live', deprecatedKeys: ['reconciler.reschedule.interval'] },
)
export const reconcileParallelism = option(
  'reconcile.parallelism',
  integer,
  50,
  'How many resources are worked on at once.',
  { deprecatedKeys: ['reconciler.max.parallelism'] },
)
export const progressCheckInterval = option(
  'observer.progress-check.interval',
  duration,
  seconds(10),
  'How long to wait between looks while a JobManager starts, a savepoint runs or a job is being cancelled.',
  { scope: 'namespace', dynamic: 'live' },
)
export const restReadyDelay = option(
  'observer.rest-ready.delay',
  duration,
  seconds(10),
  'How long to wait after the REST port of a JobManager answered before it counts as ready.',
  { scope: 'namespace', dynamic: 'live' },
)
export const retryInitialInterval = option(
  'retry.initial.interval',
  duration,
  seconds(5),
  'The first delay after a pass that failed.',
)
export const retryIntervalMultiplier = option(
  'retry.interval.multiplier',
  double,
  1.5,
  'By how much the delay grows with each further failure, from the third attempt on.',
)
export const retryMaxInterval = option(
  'retry.max.interval',
  duration,
  undefined,
  'The longest delay between attempts; without it there is no bound.',
)
export const retryMaxAttempts = option(
  'retry.max.attempts',
  integer,
  15,
  'Attempts before waiting for the next event; -1 for no limit.',
)
export const rateLimiterRefreshPeriod = option(
  'rate-limiter.refresh-period',
  duration,
  seconds(15),
  'The window over which passes of one resource are counted.',
)
export const rateLimiterLimit = option(
  'rate-limiter.limit',
  integer,
  5,
  'Passes of one resource within the window; 0 or less for no limit.',
)
export const terminationTimeout = option(
  'termination.timeout',
  duration,
  seconds(10),
  'How long running passes may take to finish when the operator stops.',
)
export const stopOnInformerError = option(
  'startup.stop-on-informer-error',
  boolean,
  true,
  'Whether the operator refuses to start when a watch cannot be established; otherwise it starts and keeps trying.',
)
