/**
 * Whether a change of vertex parallelism can be applied to the running job, by its resource requirements (adaptive scheduler, Flink 1.18
 * and later; upstream: NativeFlinkService#scale). What cannot is an ordinary upgrade.
 */
import { isAtLeast, options, read, type FlinkConf, type FlinkJobState, type ResourceRequirements } from '@drey/api'
import type { Fact } from '@drey/reconcile'
import { isTerminal } from './view.ts'

export type Rescale =
  | { by: 'upgrade'; because: string }
  /** ask Flink for these */
  | { by: 'requirements'; requirements: ResourceRequirements }
  /** Flink has them already: only the record is to be made */
  | { by: 'nothing' }

export interface RescaleView {
  /** of what runs, and as wanted */
  before: FlinkConf
  after: FlinkConf
  flinkVersion: string | undefined
  state: FlinkJobState | undefined
  /** undefined: not asked */
  requirements: Fact<ResourceRequirements> | undefined
  /** what the last attempt for this very spec ended in */
  lastFailure: string | undefined
}

/** All that can be said before Flink is asked. */
export const mayRescale = (view: Omit<RescaleView, 'requirements'>): string | true => {
  const { before, after } = view
  if (!read(options.upgrade.inPlaceScaling, after)) return 'scaling in place is switched off'
  if (!isAtLeast(view.flinkVersion, 'v1_18')) return 'this Flink cannot scale in place'
  if (read(options.flink.jobManagerScheduler, before) !== 'Adaptive') return 'the scheduler is not the adaptive one'
  if (view.state === undefined || view.state === 'RECONCILING' || isTerminal(view.state)) return 'the job does not run'
  const [had, has] = [overridesOf(before), overridesOf(after)]
  const lost = Object.keys(had).find((vertex) => !(vertex in has))
  if (lost !== undefined) return `vertex ${lost} has lost its override`
  if (Object.keys(has).length === 0) return 'no vertex has an override'
  if (view.lastFailure !== undefined) return `scaling in place failed: ${view.lastFailure}`
  return true
}

export const planRescale = (view: RescaleView): Rescale => {
  const may = mayRescale(view)
  if (may !== true) return { by: 'upgrade', because: may }
  const { requirements: fact } = view
  if (!fact?.known)
    return { by: 'upgrade', because: `Flink does not tell its requirements: ${fact?.why ?? 'not asked'}` }
  const overrides = overridesOf(view.after)
  const wanted = Object.fromEntries(
    Object.entries(fact.value).map(([vertex, has]) => {
      const upper = Number(overrides[vertex])
      return [vertex, upper > 0 ? { lower: Math.min(has.lower, upper), upper } : has]
    }),
  )
  const differs = Object.entries(wanted).some(
    ([vertex, { lower, upper }]) => fact.value[vertex]?.lower !== lower || fact.value[vertex]?.upper !== upper,
  )
  return differs ? { by: 'requirements', requirements: wanted } : { by: 'nothing' }
}

const overridesOf = (conf: FlinkConf): Readonly<Record<string, string>> =>
  read(options.flink.vertexParallelismOverrides, conf)
