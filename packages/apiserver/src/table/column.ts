/** Columns of a Table and the small formats that many kinds share. */
import type { KubeObject } from '@drey/reconcile'
import { ageOf } from './duration.ts'

export interface Column {
  name: string
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  format?: string
  /** 0: always shown; 1: with `-o wide` */
  priority: number
  description: string
  cell(object: KubeObject, now: number): unknown
}

/** A nested value, read along dotted names; nothing where the way ends. */
export const at = (object: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], object)
export const text = (object: unknown, path: string): string => {
  const value = at(object, path)
  return value === undefined || value === null ? '' : String(value)
}
export const count = (object: unknown, path: string): number => {
  const value = at(object, path)
  return typeof value === 'number' ? value : 0
}
export const list = (object: unknown, path: string): Record<string, unknown>[] => {
  const value = at(object, path)
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : []
}
export const sizeOf = (object: unknown, path: string): number => {
  const value = at(object, path)
  return Array.isArray(value) ? value.length : value && typeof value === 'object' ? Object.keys(value).length : 0
}
export const none = (value: string): string => value || '<none>'

export const column = (name: string, cell: Column['cell'], more: Partial<Column> = {}): Column => ({
  name,
  type: 'string',
  priority: 0,
  description: '',
  cell,
  ...more,
})
export const wide = (name: string, cell: Column['cell'], more: Partial<Column> = {}): Column =>
  column(name, cell, { priority: 1, ...more })
export const integer = (name: string, cell: Column['cell']): Column => column(name, cell, { type: 'integer' })

export const nameColumn = column('Name', (object) => object.metadata.name, {
  format: 'name',
  description: 'Unique within its namespace.',
})
export const ageColumn = column('Age', (object, now) => ageOf(object.metadata.creationTimestamp, now), {
  description: 'Time since creation.',
})
export const createdColumn = column('Created At', (object) => object.metadata.creationTimestamp ?? null, {
  type: 'date',
  description: 'Time of creation.',
})

export const labelsText = (labels: unknown): string =>
  none(
    Object.entries((labels ?? {}) as Record<string, string>)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  )

interface Expression {
  key: string
  operator: string
  values?: string[]
}
export const selectorText = (selector: unknown): string => {
  const { matchLabels, matchExpressions } = (selector ?? {}) as {
    matchLabels?: Record<string, string>
    matchExpressions?: Expression[]
  }
  const parts = Object.entries(matchLabels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
  for (const { key, operator, values } of matchExpressions ?? []) {
    if (operator === 'Exists') parts.push(key)
    else if (operator === 'DoesNotExist') parts.push(`!${key}`)
    else parts.push(`${key} ${operator === 'In' ? 'in' : 'notin'} (${(values ?? []).join(',')})`)
  }
  return none(parts.join(','))
}

const containerNames = (template: string) => (object: KubeObject) =>
  list(object, `${template}.spec.containers`)
    .map((c) => c['name'])
    .join(',')
const containerImages = (template: string) => (object: KubeObject) =>
  list(object, `${template}.spec.containers`)
    .map((c) => c['image'])
    .join(',')
export const containersColumn = (template = 'spec.template'): Column => wide('Containers', containerNames(template))
export const imagesColumn = (template = 'spec.template'): Column => wide('Images', containerImages(template))
export const selectorColumn = wide('Selector', (object) => selectorText(at(object, 'spec.selector')))

/** The first three, and how many more. */
export const firstThree = (parts: readonly string[], separator = ','): string =>
  parts.length > 3 ? `${parts.slice(0, 3).join(separator)} + ${parts.length - 3} more...` : parts.join(separator)

export const condition = (object: unknown, type: string): Record<string, unknown> | undefined =>
  list(object, 'status.conditions').find((entry) => entry['type'] === type)
