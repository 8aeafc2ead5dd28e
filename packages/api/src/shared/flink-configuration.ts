/** `spec.flinkConfiguration`: Flink options, flat or nested, kept exactly as written. */
import { kit } from '@drey/schema'
import type { OnChange } from '@drey/schema'

/**
 * No `type`, as upstream: an object is meant, yet the API server takes a text or a list too, and typing it would refuse later
 * updates of such an object. The validator says what to do about it instead.
 */
export const flinkConfiguration = kit.anything<Record<string, unknown>>('Flink options, as flat keys or nested.', {
  compare: 'flink-configuration',
  assumed: {},
  example: { 'taskmanager.numberOfTaskSlots': '2' },
})

/** How a changed key weighs. First matching prefix wins; a plain prefix without a dot boundary, as upstream. */
export const configurationWeights: readonly {
  readonly prefix: string
  readonly onChange: OnChange
  readonly why?: string
}[] = [
  { prefix: 'job.autoscaler', onChange: 'ignore', why: 'The autoscaler reads it at its next decision.' },
  { prefix: 'parallelism.default', onChange: 'ignore', why: 'job.parallelism decides.' },
  { prefix: 'kubernetes.operator', onChange: 'ignore', why: 'The operator reads it at its next pass.' },
  { prefix: 'pipeline.jobvertex-parallelism-overrides', onChange: { native: 'scale', standalone: 'upgrade' } },
]
