/** Every option there is, by section. */
import type { Option } from './option.ts'
import * as artifacts from './artifacts.ts'
import * as autoscaler from './autoscaler.ts'
import * as autoscalerStandalone from './autoscaler-standalone.ts'
import * as blueGreen from './blue-green.ts'
import * as clusters from './clusters.ts'
import * as configuration from './configuration.ts'
import * as drey from './drey.ts'
import * as errors from './errors.ts'
import * as flink from './flink.ts'
import * as health from './health.ts'
import * as highAvailability from './high-availability.ts'
import * as metrics from './metrics.ts'
import * as reconciliation from './reconciliation.ts'
import * as snapshots from './snapshots.ts'
import * as upgrade from './upgrade.ts'

// Modules give their members in no order that could be relied upon; keys do.
const of = (module: Record<string, unknown>): Option[] =>
  (Object.values(module) as Option[]).toSorted((a, b) => (a.key < b.key ? -1 : 1))

/** The operator's own 95. */
export const operatorOptions: readonly Option[] = [
  reconciliation,
  clusters,
  configuration,
  upgrade,
  snapshots,
  health,
  highAvailability,
  errors,
  artifacts,
  metrics,
  blueGreen,
].flatMap(of)
export const autoscalerOptions: readonly Option[] = of(autoscaler)
export const standaloneAutoscalerOptions: readonly Option[] = of(autoscalerStandalone)
/** What upstream does not know. */
export const dreyOptions: readonly Option[] = of(drey)
/** Flink's own keys that the operator reads or writes. */
export const flinkOptions: readonly Option[] = of(flink)

export const allOptions: readonly Option[] = [
  ...operatorOptions,
  ...autoscalerOptions,
  ...standaloneAutoscalerOptions,
  ...dreyOptions,
  ...flinkOptions,
]
