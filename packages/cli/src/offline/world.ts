/** What a command on a desk knows: the documents it was given, and an operator's configuration. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { noOperatorConfig, readOperatorConfig, type OperatorConfig, type ValidationContext } from '@drey/core'
import { reading, type Document } from '../documents.ts'

/** The configuration of `--operator-config`, or that of an operator without any. */
export const operatorConfigAt = (directory: unknown, cwd: string): OperatorConfig =>
  typeof directory === 'string' ? readOperatorConfig(readDirectory(directory, cwd)) : noOperatorConfig

/** The files of an operator's configuration directory, by name. */
export const readDirectory = (directory: string, cwd: string): Record<string, string> => {
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
