/**
 * What the autoscaler has set and no user: how parallel each vertex runs. Upstream puts it into the spec in memory before it compares, so
 * it stands in the recorded spec alone. Left out, it would look like a change, and the take-over of an autoscaled job would restart it
 * with the parallelism it had before. It goes when the user switches the autoscaler off, as with upstream, or states it himself.
 * Its memory tuning (`job.autoscaler.memory.tuning.enabled`) also changes `taskManager.resource`; that is not told apart here.
 */
import { flattenConfiguration, options, read } from '@drey/api'
import { effectiveConfig, valuesOf, type OperatorConfig } from '../config/index.ts'

const overrides = 'pipeline.jobvertex-parallelism-overrides'

interface Configured {
  flinkConfiguration?: unknown
}

/** The user's spec with the overrides of the recorded one, if the autoscaler looks after this job; otherwise the same object. */
export const withAutoscalerOverrides = <S extends Configured>(
  wanted: S,
  recorded: Configured | undefined,
  config: OperatorConfig,
  scope: Omit<Parameters<typeof effectiveConfig>[1], 'flinkConfiguration'>,
): S => {
  const set = flattenConfiguration(recorded?.flinkConfiguration).get(overrides)
  if (set === undefined) return wanted
  const own = wanted.flinkConfiguration
  if (flattenConfiguration(own).has(overrides)) return wanted
  const conf = valuesOf(effectiveConfig(config, { ...scope, flinkConfiguration: own }))
  if (!read(options.autoscaler.autoscaler, conf)) return wanted
  return { ...wanted, flinkConfiguration: { ...(own as object), [overrides]: set } }
}
