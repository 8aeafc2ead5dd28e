/**
 * The Flink configuration of a cluster as an ordered list of named layers over the effective configuration. Later layers
 * win; each sees what the earlier ones made. The order is upstream's (FlinkConfigBuilder, the reconciler, Flink's client).
 */
import type { RenderInput, Settings } from '../input.ts'
import { modeOf, modes, type Mode, type ModeFacts } from '../modes.ts'
import type { FlinkVersionFacts } from '@drey/api'
import { flinkVersionOf } from '../versions.ts'
import { clusterDefaults, identity, image, serviceAccount } from './cluster-layers.ts'
import { dropOperatorKeys, generation, haClusterId, jobResultStore, owner, restorePoint } from './deploy-layers.ts'
import { descriptor, rpcAddress } from './descriptor-layers.ts'
import { environment } from './environment-layer.ts'
import { job, jobManager, parallelism, taskManager } from './job-layers.ts'
import { flattenLists, notationOf, type Notation } from './values.ts'

/** `undefined` removes a key. */
export type SettingsPatch = Readonly<Record<string, string | undefined>>

export interface Layer {
  name: string
  settings(at: LayerView): SettingsPatch
}

export interface LayerView {
  input: RenderInput
  spec: RenderInput['resource']['spec']
  name: string
  namespace: string
  version: FlinkVersionFacts
  mode: Mode
  modeFacts: ModeFacts
  kind: 'application' | 'session'
  notation: Notation
  /** what the layers so far made */
  config: Settings
}

/** What the spec says, on top of the configuration: also what observers of a running cluster read. */
export const specLayers: readonly Layer[] = [
  clusterDefaults,
  image,
  serviceAccount,
  jobManager,
  taskManager,
  job,
  parallelism,
  identity,
  haClusterId,
]

/** What only a deployment adds. */
export const deployLayers: readonly Layer[] = [
  generation,
  owner,
  restorePoint,
  jobResultStore,
  dropOperatorKeys,
  flattenLists,
  descriptor,
  rpcAddress,
  environment,
]

export interface LayeredConfig {
  config: Record<string, string>
  /** the layer that set each key; absent: it came with the effective configuration */
  setBy: Record<string, string>
}

/** Lays `layers` over the configuration of the input. */
export const applyLayers = (
  input: RenderInput,
  layers: readonly Layer[],
  from: LayeredConfig = startOf(input),
): LayeredConfig => {
  const config = { ...from.config }
  const setBy = { ...from.setBy }
  const fixed = fixedView(input)
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer.settings({ ...fixed, config }))) {
      if (value === undefined) {
        delete config[key]
        delete setBy[key]
      } else {
        config[key] = value
        setBy[key] = layer.name
      }
    }
  }
  return { config, setBy }
}

export const startOf = (input: RenderInput): LayeredConfig => ({ config: { ...input.config }, setBy: {} })

const fixedView = (input: RenderInput): Omit<LayerView, 'config'> => {
  const { spec, metadata } = input.resource
  const mode = modeOf(spec)
  const version = flinkVersionOf(spec.flinkVersion)
  return {
    input,
    spec,
    name: metadata.name,
    namespace: metadata.namespace ?? 'default',
    version,
    mode,
    modeFacts: modes[mode],
    kind: spec.job ? 'application' : 'session',
    notation: notationOf(input.operator.confIsYaml, version),
  }
}
