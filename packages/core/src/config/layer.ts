/** Configuration in layers: for each key the value that counts and the layer that set it. Later layers cover earlier ones. */
import type { FlinkConf } from '@drey/api'

/**
 * What a layer stands for, lowest first. `derived` is what typed fields of the spec say and what is forced on every cluster;
 * `deploy` is what only a deployment knows (restore path, job id, owner).
 */
export type LayerName =
  | 'built-in'
  | 'operator'
  | 'override'
  | 'namespace'
  | 'version'
  | 'cluster'
  | 'resource'
  | 'session-job'
  | 'derived'
  | 'deploy'

export interface Layer {
  name: LayerName
  /** which one of several of the same name: the namespace, `v1_18+`, a file */
  from?: string
  entries: Iterable<readonly [key: string, value: string]>
  /** keys that this layer takes away */
  without?: readonly string[]
}

export interface Setting {
  value: string
  layer: LayerName
  from?: string
  /** what a lower layer had said */
  over?: Setting
}

/** Every key with its value and origin. */
export type LayeredConf = ReadonlyMap<string, Setting>

/** The layers put over one another. */
export const stack = (...layers: readonly Layer[]): LayeredConf => over(new Map(), ...layers)

/** Further layers on top of a configuration that exists already. */
export const over = (below: LayeredConf, ...layers: readonly Layer[]): LayeredConf => {
  const result = new Map(below)
  for (const { name, from, entries, without = [] } of layers) {
    for (const key of without) result.delete(key)
    for (const [key, value] of entries) {
      const covered = result.get(key)
      result.set(key, {
        value,
        layer: name,
        ...(from === undefined ? {} : { from }),
        ...(covered === undefined ? {} : { over: covered }),
      })
    }
  }
  return result
}

/** The flat configuration itself, without the origins. */
export const valuesOf = (layered: LayeredConf): FlinkConf =>
  new Map([...layered].map(([key, setting]) => [key, setting.value]))
