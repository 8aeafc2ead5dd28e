/** The operator's own configuration: typing errors, old names and values that cannot be read, in files and in the defaults within them. */
import { NAMESPACE_DEFAULTS, VERSION_DEFAULTS, type OperatorConfig } from '../config/index.ts'
import { keyProblems } from './config-checks.ts'
import { warning, type Problem } from './problem.ts'

/** Warnings only: an operator that refuses to start helps nobody. The path is the key. */
export const operatorConfigProblems = ({ base, warnings }: OperatorConfig): Problem[] => [
  ...warnings.map((text) => warning('', 'CONFIG_FILE', `${text}.`, 'Check the configuration file.')),
  ...[...base].flatMap(([key, { value }]) =>
    keyProblems(new Map([[innerKey(key), value]])).map((problem) => ({ ...problem, path: key })),
  ),
]

/** `…namespace.<ns>.<key>` and `…flink-version.<form>.<key>` set a key like any other. */
const innerKey = (key: string): string => {
  if (key.startsWith(NAMESPACE_DEFAULTS)) return key.slice(key.indexOf('.', NAMESPACE_DEFAULTS.length) + 1)
  return key.startsWith(VERSION_DEFAULTS) ? key.slice(key.indexOf('.', VERSION_DEFAULTS.length) + 1) : key
}
