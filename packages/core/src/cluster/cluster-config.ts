/** The configuration of a cluster as its observers read it: the effective one plus what the spec says, without deploying. */
import { applyLayers, specLayers, type LayeredConfig } from './flink-config/layers.ts'
import type { RenderInput, RenderProblem } from './input.ts'
import { attempt } from './problem.ts'

export const clusterConfig = (
  input: Pick<RenderInput, 'resource' | 'config'> & Partial<RenderInput>,
): { ok: true; value: LayeredConfig } | { ok: false; problem: RenderProblem } =>
  attempt(() => applyLayers({ operator: {}, ...input }, specLayers))
