/** One option: its key, type, default and meaning in one value. Readers, hints, documentation and forms derive from it. */
import type { FlinkVersion } from '../flink/versions.ts'
import type { Codec } from './codecs.ts'

/**
 * Where a value counts. `operator`: the operator's configuration only. `namespace`: that, with its namespace and Flink version
 * defaults. `resource`: also `spec.flinkConfiguration`. `blue-green`: only `spec.configuration` of a FlinkBlueGreenDeployment.
 * `standalone`: the separate autoscaler process. `flink`: a key of Flink itself that the operator reads or writes.
 */
export type Scope = 'operator' | 'namespace' | 'resource' | 'blue-green' | 'standalone' | 'flink'

/** When a changed value takes effect: at once, when the process starts, at the next deployment, or partly so. */
export type Liveness = 'live' | 'start' | 'deploy' | 'mixed'

export interface Option<T = unknown> {
  key: string
  codec: Codec<any>
  /** undefined: none */
  default: T
  sentence: string
  scope: Scope
  section: string
  dynamic: Liveness
  /** older spellings, tried in order when the key is absent; using one earns a hint */
  deprecatedKeys: readonly string[]
  /** other spellings, tried before the deprecated ones, without a hint */
  fallbackKeys: readonly string[]
  /** the option itself is on its way out */
  deprecated: boolean
  /** `<name>` in the key stands for a name of the user's choice */
  template: boolean
  /** what documentation shows instead of the printed default */
  defaultText?: string
  /** the first Flink version that knows this spelling (Flink's own keys) */
  since?: FlinkVersion
}

export interface OptionFacts {
  scope: Scope
  section: string
  dynamic?: Liveness
  deprecatedKeys?: readonly string[]
  fallbackKeys?: readonly string[]
  deprecated?: boolean
  defaultText?: string
  since?: FlinkVersion
}

export const option = <T, D extends T | undefined>(
  key: string,
  codec: Codec<T>,
  fallback: D,
  sentence: string,
  facts: OptionFacts,
): Option<D extends undefined ? T | undefined : T> => ({
  key,
  codec,
  default: fallback as never,
  sentence,
  dynamic: 'live',
  deprecatedKeys: [],
  fallbackKeys: [],
  deprecated: false,
  template: key.includes('<'),
  ...facts,
})

/** A family of options that share a section, a prefix and their usual facts. */
export const optionsOf =
  (shared: OptionFacts & { prefix: string }) =>
  <T, D extends T | undefined>(
    key: string,
    codec: Codec<T>,
    fallback: D,
    sentence: string,
    facts: Partial<OptionFacts> = {},
  ) => {
    const { prefix, ...common } = shared
    const merged = { ...common, ...facts }
    return option<T, D>(prefix + key, codec, fallback, sentence, {
      ...merged,
      deprecatedKeys: (merged.deprecatedKeys ?? []).map((old) => prefix + old),
    })
  }

/** The type an option reads as. */
export type ValueOf<O> = O extends Option<infer T> ? T : never
