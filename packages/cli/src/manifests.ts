/** Reads manifests: files, folders or `-`, YAML or JSON, many documents, in kubectl's dialect of YAML. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseAllDocuments, LineCounter } from 'yaml'
import type { KubeObject } from '@drey/reconcile'
import { exit, Problem } from './command.ts'
import { kubectlYaml } from './kubectl-yaml.ts'

export const readManifests = async (files: readonly string[], cwd: string): Promise<KubeObject[]> => {
  const objects: KubeObject[] = []
  for (const file of files)
    for (const { name, content } of await contents(file, cwd)) objects.push(...parseManifest(name, content))
  if (objects.length === 0)
    throw new Problem('NO_OBJECTS', `There are no objects in ${files.join(', ')}.`, {
      fix: 'check -f',
      exitCode: exit.usage,
    })
  return objects
}

const contents = async (file: string, cwd: string): Promise<{ name: string; content: string }[]> => {
  if (file === '-') return [{ name: 'stdin', content: await text(process.stdin) }]
  const path = resolve(cwd, file)
  try {
    if (!statSync(path).isDirectory()) return [{ name: file, content: readFileSync(path, 'utf8') }]
    return readdirSync(path)
      .filter((entry) => /\.(ya?ml|json)$/.test(entry))
      .toSorted()
      .map((entry) => ({ name: join(file, entry), content: readFileSync(join(path, entry), 'utf8') }))
  } catch (error) {
    throw new Problem('FILE_UNREADABLE', `${file} cannot be read.`, {
      cause: (error as Error).message,
      fix: 'check -f',
      exitCode: exit.usage,
    })
  }
}

/** The objects of one text, in kubectl's dialect of YAML. */
export const parseManifest = (name: string, content: string): KubeObject[] => {
  const lines = new LineCounter()
  const documents = parseAllDocuments(content, { ...kubectlYaml, lineCounter: lines })
  return [...documents].flatMap((document) => {
    const error = document.errors[0]
    if (error) {
      const at = lines.linePos(error.pos[0])
      throw new Problem('NOT_YAML', `${name}:${at.line}:${at.col} is not readable YAML.`, {
        cause: error.message.split('\n', 1)[0] ?? '',
        fix: 'check the indentation and quotes around that place',
        exitCode: exit.usage,
      })
    }
    const value = document.toJS({ maxAliasCount: 100 }) as unknown
    if (value === null || value === undefined) return []
    const object = value as KubeObject & { items?: KubeObject[] }
    if (object.kind?.endsWith('List') && Array.isArray(object.items)) return object.items
    if (typeof object !== 'object' || !object.apiVersion || !object.kind || !object.metadata?.name)
      throw new Problem('NOT_AN_OBJECT', `${name} holds a document without apiVersion, kind or metadata.name.`, {
        fix: 'every Kubernetes manifest needs all three',
        exitCode: exit.usage,
      })
    return [object]
  })
}
