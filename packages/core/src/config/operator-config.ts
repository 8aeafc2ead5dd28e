/** The operator's configuration directory as data: one main file, perhaps an override directory, and which syntax they are written in. */
import { parseConfigYaml, parseFlinkConf, read, options, type ConfFile, type FlinkConf } from '@drey/api'
import { stack, valuesOf, type LayeredConf } from './layer.ts'

/** `flat`: `flink-conf.yaml`. `yaml`: real YAML in `config.yaml`. Decides how lists and maps are written into a cluster's file, too. */
export type Syntax = 'flat' | 'yaml'

export interface OperatorConfig {
  /** files and overrides, before anything about a namespace or version; `$FLINK_CONF_DIR` and `$CONF_OVERRIDE_DIR` */
  base: LayeredConf
  syntax: Syntax
  /** lines that were skipped, unreadable files */
  warnings: readonly string[]
  /** which file could not be read at all, and why: an operator does not start with it */
  unreadable?: string
}

/** The files of a configuration directory, by name. */
export type ConfigFiles = Readonly<Record<string, string>>

/** An operator without any configuration file: the defaults of every option. */
export const noOperatorConfig: OperatorConfig = { base: new Map(), syntax: 'flat', warnings: [] }

/**
 * The configuration of a directory: `flink-conf.yaml` if it exists, and only that; else `config.yaml`; else nothing, with a warning.
 * The override directory is read by the same rules; its keys win.
 */
export const readOperatorConfig = (directory: ConfigFiles, override?: ConfigFiles): OperatorConfig => {
  const main = readDirectory(directory)
  const above = override === undefined ? undefined : readDirectory(override)
  return {
    base: stack(
      { name: 'operator', from: main.file, entries: main.entries },
      ...(above === undefined ? [] : [{ name: 'override' as const, from: above.file, entries: above.entries }]),
    ),
    syntax: main.syntax,
    warnings: [main, above].flatMap((file) => file?.warnings.map((text) => inFile(file.file, text)) ?? []),
    ...unreadableOf(main),
    ...(above === undefined ? {} : unreadableOf(above)),
  }
}

const inFile = (file: string, text: string): string => (file === '' ? text : `${file}: ${text}`)
const unreadableOf = ({ file, unreadable }: ConfFile & { file: string }): Pick<OperatorConfig, 'unreadable'> =>
  unreadable === undefined ? {} : { unreadable: inFile(file, unreadable) }

/** The operator's own view of its configuration: for options that no resource may change. */
export const operatorValues = (config: OperatorConfig): FlinkConf => valuesOf(config.base)

/** Watched namespaces; undefined for all. The environment variable of the same meaning comes first. */
export const watchedNamespaces = (config: OperatorConfig, environment?: string): string[] | undefined => {
  const text = environment?.trim() ? environment : read(options.configuration.watchedNamespaces, operatorValues(config))
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return names.length === 0 || names.includes('JOSDK_ALL_NAMESPACES') ? undefined : names
}

const readDirectory = (files: ConfigFiles): ConfFile & { file: string; syntax: Syntax } => {
  const flat = files['flink-conf.yaml']
  if (flat !== undefined) return { ...parseFlinkConf(flat), file: 'flink-conf.yaml', syntax: 'flat' }
  const yaml = files['config.yaml']
  if (yaml !== undefined) return { ...parseConfigYaml(yaml), file: 'config.yaml', syntax: 'yaml' }
  return {
    entries: new Map(),
    warnings: ['there is neither flink-conf.yaml nor config.yaml'],
    file: '',
    syntax: 'flat',
  }
}
