/** Blue/green deployments; read from `spec.configuration` of the FlinkBlueGreenDeployment and from nowhere else. */
import { duration } from './codecs.ts'
import { minutes, seconds } from './duration.ts'
import { optionsOf } from './option.ts'

const option = optionsOf({ prefix: 'kubernetes.operator.bluegreen.', section: 'Blue/green', scope: 'blue-green' })

export const abortGracePeriod = option(
  'abort.grace-period',
  duration,
  minutes(10),
  'How long the new side may take to become ready before the transition is given up.',
)
export const blueGreenRescheduleInterval = option(
  'reconciliation.reschedule-interval',
  duration,
  seconds(15),
  'How long to wait between looks during a transition.',
)
export const deletionDelay = option(
  'deployment-deletion.delay',
  duration,
  0,
  'How long the old side stays after the new one took over.',
)
