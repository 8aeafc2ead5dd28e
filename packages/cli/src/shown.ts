/** Objects in the forms of `-o`: as kubectl prints them, so that what one prints the other reads. */
import type { KubeObject, ResourceType } from '@drey/reconcile'
import { exit, Problem } from './command.ts'

export const shown = async (body: KubeObject, type: ResourceType, output: string): Promise<string> => {
  const list = body['items'] as KubeObject[] | undefined
  const objects = (list ?? [body]).map((object) => plain(object, type))
  if (output === 'name') return objects.map(({ metadata }) => `${kindOf(type)}/${metadata.name}\n`).join('')
  const document =
    list === undefined
      ? objects[0]!
      : { apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } }
  if (output === 'json') return `${JSON.stringify(document, null, 4)}\n`
  if (output === 'yaml') {
    const { stringify } = await import('yaml')
    return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })
  }
  const path = /^jsonpath=\{?(\.[^{}]+)\}?$/.exec(output)?.[1]
  if (path === undefined)
    throw new Problem('USAGE', `-o ${output} is not an output form.`, {
      fix: 'json, yaml, name, wide or jsonpath={.path}',
      exitCode: exit.usage,
    })
  return valuesAt(document, path)
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
    .join(' ')
}

/** `pod`, `deployment.apps`: how kubectl calls one object. */
export const kindOf = (type: ResourceType): string => `${type.kind.toLowerCase()}${type.group ? `.${type.group}` : ''}`

/** Lists leave out what is the same in all items; who set which field is of no use to a reader. */
const plain = (object: KubeObject, { group, version, kind }: ResourceType): KubeObject => {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, apiVersion: group ? `${group}/${version}` : version, kind, metadata }
}

/** The part of JSONPath people type: `.spec.containers[0].image`, `.items[*].metadata.name`, `['key.with.dots']`. */
const valuesAt = (from: unknown, path: string): unknown[] => {
  const steps = [...path.matchAll(/\.([^.[\]]+)|\[(\d+|\*)\]|\[['"]([^'"]+)['"]\]/g)].map(
    ([, key, index, quoted]) => key ?? index ?? quoted ?? '',
  )
  let values = [from]
  for (const step of steps)
    values = values
      .flatMap((value) => {
        if (value === null || typeof value !== 'object') return []
        return step === '*' ? Object.values(value) : [(value as Record<string, unknown>)[step]]
      })
      .filter((value) => value !== undefined)
  return values
}
