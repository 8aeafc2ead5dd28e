/** Manifests as objects that can be sent to an API server: each has an apiVersion, a kind and a name. */
import type { KubeObject } from '@drey/reconcile'
import { exit, Problem } from './command.ts'
import { readDocuments, type Document } from './documents.ts'

/** The objects of files, folders or `-`; none at all is a problem. */
export const readManifests = async (files: readonly string[], cwd: string): Promise<KubeObject[]> => {
  const documents = await readDocuments(files, cwd)
  if (documents.length === 0) throw nothingIn(files)
  return documents.map(objectOf)
}

export const nothingIn = (files: readonly string[]): Problem =>
  new Problem('NO_OBJECTS', `There are no objects in ${files.join(', ')}.`, { fix: 'check -f', exitCode: exit.usage })

const objectOf = ({ file, value, positionOf }: Document): KubeObject => {
  const object = value as Partial<KubeObject>
  if (object.apiVersion && object.kind && object.metadata?.name) return object as KubeObject
  const { line, column } = positionOf('')
  throw new Problem(
    'NOT_AN_OBJECT',
    `${file}:${line}:${column} begins a document without apiVersion, kind or metadata.name.`,
    { fix: 'every Kubernetes manifest needs all three', exitCode: exit.usage },
  )
}
