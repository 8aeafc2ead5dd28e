/** Objects in the forms of `-o`: as kubectl prints them, so that what one prints the other reads. */
import type { KubeObject, ResourceType } from '@drey/reconcile'
import { exit, Problem } from './command.ts'
import { filledTemplate, valuesAt } from './json-path.ts'
import { aligned } from './table.ts'

export interface Typed {
  object: KubeObject
  type: ResourceType
}

/** One object, or a list of them where `isList`. */
export const shown = async (found: readonly Typed[], isList: boolean, output: string): Promise<string> => {
  if (output === 'name') return found.map(({ object, type }) => `${kindOf(type)}/${object.metadata.name}\n`).join('')
  const objects = found.map(plain)
  const document = isList
    ? { apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } }
    : objects[0]!
  if (output === 'json') return `${JSON.stringify(document, null, 4)}\n`
  if (output === 'yaml') {
    const { stringify } = await import('yaml')
    return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })
  }
  const [form = '', template] = output.split(/=(.*)/s)
  if (form === 'jsonpath' && template) return filledTemplate(template, document)
  if (form === 'custom-columns' && template) return customColumns(objects, template)
  throw new Problem('USAGE', `-o ${output} is not an output form.`, {
    fix: 'json, yaml, name, wide, jsonpath={.path} or custom-columns=NAME:.metadata.name',
    exitCode: exit.usage,
  })
}

/** `pod`, `deployment.apps`: how kubectl calls one object. */
export const kindOf = (type: ResourceType): string => `${type.kind.toLowerCase()}${type.group ? `.${type.group}` : ''}`

/** Lists leave out what is the same in all items; who set which field is of no use to a reader. */
const plain = ({ object, type: { group, version, kind } }: Typed): KubeObject => {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, apiVersion: group ? `${group}/${version}` : version, kind, metadata }
}

const customColumns = (objects: readonly KubeObject[], template: string): string => {
  const columns = template.split(',').map((column) => {
    const [head = '', path = ''] = column.split(/:(.*)/s)
    if (!head || !path)
      throw new Problem('USAGE', `The column ${column} is not HEAD:PATH.`, {
        fix: 'custom-columns=NAME:.metadata.name,IMAGE:.spec.image',
        exitCode: exit.usage,
      })
    return { head, path: path.replace(/^\{(.*)\}$/, '$1') }
  })
  const cell = (object: KubeObject, path: string) =>
    valuesAt(object, path)
      .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
      .join(',') || '<none>'
  return aligned([
    columns.map(({ head }) => head),
    ...objects.map((object) => columns.map(({ path }) => cell(object, path))),
  ]).text
}
