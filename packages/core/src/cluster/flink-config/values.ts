/** How lists and maps are written into Flink configuration: `a;b` and `k:v,…`, or YAML flow text (see `confIsYaml`). */
import { printList, printMap, quoted } from '../text.ts'

export interface Notation {
  list(parts: readonly string[]): string
  map(map: Readonly<Record<string, string>>): string
  /** a list of maps, which only owner references need */
  maps(maps: readonly Readonly<Record<string, string>>[]): string
}

const legacy: Notation = {
  list: printList,
  map: printMap,
  maps: (maps) => maps.map((map) => quoted(printMap(map), ';')).join(';'),
}

// Flink's YAML writer quotes a scalar when a reader would see something else; JSON-style quoting is never needed here.
const scalar = (text: string): string =>
  /^[A-Za-z_./][^:#,[\]{}'"\n]*$/.test(text.replaceAll('://', '//')) &&
  !/^(true|false|null|yes|no|on|off|~)$/i.test(text) &&
  !text.includes('://') &&
  text === text.trim()
    ? text
    : `'${text.replaceAll("'", "''")}'`

const flowMap = (map: Readonly<Record<string, string>>): string =>
  `{${Object.entries(map)
    .map(([key, value]) => `${scalar(key)}: ${scalar(value)}`)
    .join(', ')}}`

const yaml: Notation = {
  list: (parts) => `[${parts.map(scalar).join(', ')}]`,
  map: flowMap,
  maps: (maps) => `[${maps.map(flowMap).join(', ')}]`,
}

/** The operator process reads and writes one notation, decided by its own configuration file, whatever the Flink version. */
export const notationOf = (confIsYaml: boolean | undefined): Notation => (confIsYaml ? yaml : legacy)
