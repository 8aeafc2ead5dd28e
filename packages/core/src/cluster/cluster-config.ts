/** Configuration without a deployment: what observers of a cluster read, and what goes along when a session job is submitted. */
import { jobDefaults } from './flink-config/job-layers.ts'
import { applyLayers, specLayers, type LayeredConfig } from './flink-config/layers.ts'
import { dropOperatorKeys } from './flink-config/deploy-layers.ts'
import type { ClusterSpec, RenderInput, RenderProblem } from './input.ts'
import { attempt } from './problem.ts'

export type ConfigResult = { ok: true; value: LayeredConfig } | { ok: false; problem: RenderProblem }

/** The effective configuration plus what the typed fields of the spec say. */
export const clusterConfig = (input: Pick<RenderInput, 'resource' | 'config'> & Partial<RenderInput>): ConfigResult =>
  attempt(() => applyLayers({ operator: {}, ...input }, specLayers))

/**
 * The Flink configuration of a session job: that of its cluster (`config` already has the session job's own keys on top), plus
 * what the job's spec says. Entry class, arguments and parallelism travel in the run request itself; keys for the operator stay here.
 */
export const sessionJobConfig = (
  input: Pick<RenderInput, 'resource' | 'config'> &
    Partial<RenderInput> & { name: string; job: NonNullable<ClusterSpec['job']> },
): ConfigResult =>
  attempt(() => {
    const clusterInput = { operator: {}, ...input }
    const jobLayer = {
      name: 'spec.job',
      settings: ({ config }: { config: RenderInput['config'] }) => jobDefaults(config, input.name, input.job),
    }
    return applyLayers(clusterInput, [jobLayer, dropOperatorKeys], applyLayers(clusterInput, specLayers))
  })
