/** How lists and maps are written into Flink configuration: `a;b` and `k:v,…`, or YAML flow text (see `confIsYaml`). */
import { printFlow, printList, printMap, quoted } from '@drey/api'

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

/** The operator process reads and writes one notation, decided by its own configuration file, whatever the Flink version. */
export const notationOf = (confIsYaml: boolean | undefined): Notation => (confIsYaml ? yaml : flat)
