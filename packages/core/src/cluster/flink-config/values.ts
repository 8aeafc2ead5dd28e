/** How lists and maps are written into Flink configuration: `a;b` and `k:v,…`, or YAML flow text. */
import type { FlinkVersionFacts } from '@drey/api'
import { flattenConfiguration, parseList, printFlow, printList, printMap, quoted } from '@drey/api'
import type { Layer } from './layers.ts'

export interface Notation {
  list(parts: readonly string[]): string
  map(map: Readonly<Record<string, string>>): string
  /** a list of maps, which only owner references need */
  maps(maps: readonly Readonly<Record<string, string>>[]): string
}

const flat: Notation = {
  list: printList,
  map: printMap,
  maps: (maps) => maps.map((map) => quoted(printMap(map), ';')).join(';'),
}

const yaml: Notation = { list: printFlow, map: printFlow, maps: printFlow }

/**
 * The notation of what we write. An operator with a `config.yaml` writes YAML, as upstream does, but only into a nested file:
 * Flink 1.x takes `['local:///o.jar']` in its flat file for a path (upstream writes it there, and no job starts).
 */
export const notationOf = (confIsYaml: boolean | undefined, version: FlinkVersionFacts): Notation =>
  confIsYaml && version.configFile === 'config.yaml' ? yaml : flat

/** Lists that came as YAML text out of the operator's `config.yaml`, for a cluster with a flat file. The resource's own texts stay. */
export const flattenLists: Layer = {
  name: 'flat notation',
  settings: ({ config, input, spec, version }) => {
    if (!input.operator.confIsYaml || version.configFile === 'config.yaml') return {}
    const own = flattenConfiguration(spec.flinkConfiguration)
    return Object.fromEntries(
      Object.entries(config).flatMap(([key, value]) => {
        if (!/^\[.*\]$/s.test(value) || own.has(key)) return []
        const list = parseList(value)
        return list.ok ? [[key, printList(list.value)]] : []
      }),
    )
  },
}
