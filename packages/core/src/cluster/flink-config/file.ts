/** The configuration file in the pod: flat `flink-conf.yaml` up to Flink 1.20, nested `config.yaml` from 2.0. */
import { stringify } from 'yaml'
import type { Settings } from '../input.ts'
import { refuse } from '../problem.ts'
import type { FlinkVersionFacts } from '@drey/api'

export interface ConfigFile {
  name: 'flink-conf.yaml' | 'config.yaml'
  text: string
}

const PROGRAM_ARGS = '$internal.application.program-args'

/** `programArgs` is written as a real list into the nested file; the flat one holds its text. */
export const configFile = (
  version: FlinkVersionFacts,
  config: Settings,
  programArgs: readonly string[] | undefined,
): ConfigFile => {
  const visible = Object.entries(config)
    .filter(([key]) => !LEFT_OUT.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return version.configFile === 'config.yaml' ? nested(visible, programArgs) : flat(visible)
}

// Settings that only make sense where the operator runs, and bind addresses, which must stay "all" inside a pod.
const LEFT_OUT = new Set([
  'kubernetes.config.file',
  '$internal.deployment.config-dir',
  'rest.bind-address',
  'jobmanager.bind-host',
  'taskmanager.bind-host',
  'taskmanager.host',
  'kubernetes.pod-template-file',
  'kubernetes.pod-template-file.default',
  'kubernetes.pod-template-file.jobmanager',
  'kubernetes.pod-template-file.taskmanager',
])

const flat = (entries: [string, string][]): ConfigFile => ({
  name: 'flink-conf.yaml',
  text: entries.map(([key, value]) => `${key}: ${value}\n`).join(''),
})

interface Tree {
  [part: string]: string | string[] | Tree
}

const nested = (entries: [string, string][], programArgs: readonly string[] | undefined): ConfigFile => {
  refuseOverlaps(entries.map(([key]) => key))
  const root: Tree = {}
  for (const [key, value] of entries) {
    const path = key.split('.')
    let node = root
    for (const part of path.slice(0, -1)) node = (Object.hasOwn(node, part) ? node[part] : (node[part] = {})) as Tree
    // defineProperty, because a user's key may contain "__proto__"
    Object.defineProperty(node, path.at(-1)!, {
      value: key === PROGRAM_ARGS && programArgs ? [...programArgs] : value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return { name: 'config.yaml', text: stringify(root, { lineWidth: 0, singleQuote: true }) }
}

/** In a tree a key cannot be a leaf and a branch. */
const refuseOverlaps = (keys: string[]): void => {
  const all = new Set(keys)
  const overlaps = keys.flatMap((key) => {
    const parts = key.split('.')
    return parts
      .slice(0, -1)
      .map((_, i) => parts.slice(0, i + 1).join('.'))
      .filter((prefix) => all.has(prefix))
      .map((prefix) => `${prefix} -> ${key}`)
  })
  if (overlaps.length > 0)
    refuse(
      'CONFIG_KEYS_OVERLAP',
      `Overlapping key prefixes detected (${overlaps[0]}), please replace with Flink v2 compatible, non-deprecated keys.`,
      `Flink 2 reads settings as a tree, so ${overlaps[0]!.split(' ')[0]} cannot have both a value and sub-keys; use the current name of the option (for example high-availability.type).`,
    )
}
