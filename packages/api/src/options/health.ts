/** The health of running jobs. */
import { boolean, duration, integer } from './codecs.ts'
import { minutes } from './duration.ts'
import { optionsOf } from './option.ts'

const option = optionsOf({
  prefix: 'kubernetes.operator.cluster.health-check.',
  section: 'Job health check',
  scope: 'resource',
})

export const healthCheck = option(
  'enabled',
  boolean,
  false,
  'Whether an application that looks unhealthy is restarted; needs JobManager recovery.',
)
export const healthRestartsWindow = option(
  'restarts.window',
  duration,
  minutes(2),
  'The window over which restarts of the job are counted.',
)
export const healthRestartsThreshold = option(
  'restarts.threshold',
  integer,
  64,
  'More restarts than this within the window mean unhealthy.',
)
export const healthCheckpointProgress = option(
  'checkpoint-progress.enabled',
  boolean,
  true,
  'Whether completed checkpoints have to increase, too.',
)
export const healthCheckpointProgressWindow = option(
  'checkpoint-progress.window',
  duration,
  undefined,
  'How long no checkpoint may complete. At least, and by default: the larger of checkpoint interval and timeout, times the tolerable failures plus two.',
)
