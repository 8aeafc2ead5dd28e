/** What a command on a desk knows: the documents it was given, and an operator's configuration. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  noOperatorConfig,
  operatorSideOf,
  readOperatorConfig,
  type OperatorConfig,
  type OperatorSide,
  type ValidationContext,
} from '@drey/core'
import { exit, Problem, type Context } from '../command.ts'
import { reading, type Document } from '../documents.ts'
import { operatorDefaults } from '../home/operator-defaults.ts'

export interface Operator {
  config: OperatorConfig
  /** what an operator adds of its own to the objects it renders: log files and the like */
  side: OperatorSide
}

/** The operator of `--operator-config`; or that of a home, if one is named; or one without any configuration. */
export const operatorAt = ({ flags, cwd }: Pick<Context, 'flags' | 'cwd'>): Operator => {
  const directory = flags['operatorConfig']
  const files =
    typeof directory === 'string' ? readDirectory(directory, cwd) : isForHome(flags) ? operatorDefaults : undefined
  if (files === undefined) return { config: noOperatorConfig, side: {} }
  const config = readOperatorConfig(files)
  if (config.unreadable !== undefined)
    throw new Problem(
      'OPERATOR_CONFIG_UNREADABLE',
      `${String(directory)} holds no configuration an operator starts with.`,
      {
        cause: config.unreadable,
        fix: 'correct the file',
        exitCode: exit.usage,
      },
    )
  return { config, side: operatorSideOf(files, config) }
}

/** Whether a home is named, running or not: it takes jars from servers of this machine, which the operator of a cluster refuses. */
export const isForHome = (flags: Context['flags']): boolean =>
  flags['home'] !== undefined || flags['name'] !== undefined

/** The files of an operator's configuration directory, by name. */
const readDirectory = (directory: string, cwd: string): Record<string, string> => {
  const path = resolve(cwd, directory)
  return reading(directory, () =>
    Object.fromEntries(
      readdirSync(path)
        .filter((name) => statSync(join(path, name), { throwIfNoEntry: false })?.isFile())
        .map((name) => [name, readFileSync(join(path, name), 'utf8')]),
    ),
  )
}

/** Finds a resource among documents; a missing namespace is `namespace`. */
export const lookIn = (
  documents: readonly Document[],
  namespace: string,
): NonNullable<ValidationContext['resource']> => {
  const known = new Map(documents.map(({ value }) => [keyOf(value, namespace), value]))
  return (kind, at, name) => known.get(`${kind}/${at ?? namespace}/${name}`)
}

/** The document as it would be stored: where it names no namespace, it goes into `namespace`. */
export const inNamespace = (value: unknown, namespace: string): unknown => {
  const { metadata } = (value ?? {}) as { metadata?: unknown }
  const isMap = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)
  return isMap && (metadata as { namespace?: unknown }).namespace === undefined
    ? { ...(value as object), metadata: { ...metadata, namespace } }
    : value
}

/** `kind/namespace/name`, whatever the document holds. */
export const keyOf = (value: unknown, namespace: string): string => {
  const { kind, metadata } = (value ?? {}) as {
    kind?: unknown
    metadata?: { name?: unknown; namespace?: unknown } | null
  }
  return `${text(kind)}/${text(metadata?.namespace) || namespace}/${text(metadata?.name)}`
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
