/** Types of CEL expressions as far as they are known before anything runs. What is not known is `dyn`, which fits everything. */
import type { StructuralSchema } from '../structural.ts'

export type Type =
  | { is: 'dyn' | 'int' | 'uint' | 'double' | 'string' | 'bool' | 'bytes' | 'null' | 'duration' | 'timestamp' }
  | { is: 'list'; item: Type }
  | { is: 'map'; key: Type; value: Type }
  | { is: 'object'; schema: StructuralSchema }

export const dyn: Type = { is: 'dyn' }
export const int: Type = { is: 'int' }
export const double: Type = { is: 'double' }
export const string: Type = { is: 'string' }
export const bool: Type = { is: 'bool' }
export const listOf = (item: Type): Type => ({ is: 'list', item })

/** The type under which values of a schema appear in a rule. */
export const typeOfSchema = (schema: StructuralSchema | undefined): Type => {
  if (schema === undefined || schema['x-kubernetes-int-or-string']) return dyn
  switch (schema.type) {
    case 'integer':
      return int
    case 'number':
      return double
    case 'boolean':
      return bool
    case 'string':
      return typeOfText(schema.format ?? '')
    case 'array':
      return listOf(typeOfSchema(schema.items))
    case 'object':
      if (schema.properties !== undefined || schema['x-kubernetes-embedded-resource']) return { is: 'object', schema }
      return typeof schema.additionalProperties === 'object'
        ? { is: 'map', key: string, value: typeOfSchema(schema.additionalProperties) }
        : dyn
    default:
      return dyn
  }
}

const typeOfText = (format: string): Type => {
  switch (format.replaceAll('-', '')) {
    case 'byte':
      return { is: 'bytes' }
    case 'date':
    case 'datetime':
      return { is: 'timestamp' }
    case 'duration':
      return { is: 'duration' }
    default:
      return string
  }
}

/** As error messages name it. */
export const typeText = (type: Type): string => {
  switch (type.is) {
    case 'list':
      return `list(${typeText(type.item)})`
    case 'map':
      return `map(${typeText(type.key)}, ${typeText(type.value)})`
    case 'duration':
      return 'google.protobuf.Duration'
    case 'timestamp':
      return 'google.protobuf.Timestamp'
    default:
      return type.is
  }
}

/** Whether values of the two can be equal at all: only those of one type can; null equals what may be absent as a whole. */
export const agree = (a: Type, b: Type): boolean => {
  if (a.is === 'dyn' || b.is === 'dyn') return true
  if (a.is === 'null' || b.is === 'null') {
    const other = a.is === 'null' ? b.is : a.is
    return ['null', 'object', 'duration', 'timestamp'].includes(other)
  }
  if (a.is === 'list' && b.is === 'list') return agree(a.item, b.item)
  if (a.is === 'map' && b.is === 'map') return agree(a.key, b.key) && agree(a.value, b.value)
  // A literal map beside an object of the schema is left to the evaluation.
  if ([a.is, b.is].every((one) => one === 'map' || one === 'object')) return true
  return a.is === b.is
}
