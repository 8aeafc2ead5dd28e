/** Whether a schema is a schema at all: every keyword holds the kind of value it must. The API server fails to read others. */
import { invalid, type Problem } from '../problem.ts'
import { isObject } from '../structural.ts'

type Shape =
  | 'text'
  | 'number'
  | 'whole'
  | 'flag'
  | 'texts'
  | 'list'
  | 'schema'
  | 'schemas'
  | 'properties'
  | 'schema or flag'
  | 'rules'

const shapes: Record<string, Shape> = {
  type: 'text',
  format: 'text',
  description: 'text',
  title: 'text',
  pattern: 'text',
  nullable: 'flag',
  uniqueItems: 'flag',
  exclusiveMinimum: 'flag',
  exclusiveMaximum: 'flag',
  minimum: 'number',
  maximum: 'number',
  multipleOf: 'number',
  minLength: 'whole',
  maxLength: 'whole',
  minItems: 'whole',
  maxItems: 'whole',
  minProperties: 'whole',
  maxProperties: 'whole',
  required: 'texts',
  enum: 'list',
  properties: 'properties',
  additionalProperties: 'schema or flag',
  allOf: 'schemas',
  anyOf: 'schemas',
  oneOf: 'schemas',
  not: 'schema',
  'x-kubernetes-int-or-string': 'flag',
  'x-kubernetes-preserve-unknown-fields': 'flag',
  'x-kubernetes-embedded-resource': 'flag',
  'x-kubernetes-list-type': 'text',
  'x-kubernetes-list-map-keys': 'texts',
  'x-kubernetes-map-type': 'text',
  'x-kubernetes-validations': 'rules',
}

/** Deeper than any real schema; what is deeper is refused rather than walked. */
const deepest = 200

export const shapeProblems = (schema: unknown, path: string, depth = 0): Problem[] => {
  if (!isObject(schema)) return [invalid(path, schema, 'must be an object')]
  if (depth > deepest) return [invalid(path, '', `must not be nested deeper than ${deepest}`)]
  return Object.entries(schema).flatMap(([key, value]) => {
    const at = `${path}.${key}`
    if (key === 'items') return Array.isArray(value) ? [] : shapeProblems(value, at, depth + 1)
    const shape = Object.hasOwn(shapes, key) ? shapes[key] : undefined
    return shape === undefined ? [] : shaped(shape, value, at, depth)
  })
}

const shaped = (shape: Shape, value: unknown, at: string, depth: number): Problem[] => {
  const unless = (fine: boolean, words: string): Problem[] => (fine ? [] : [invalid(at, value, words)])
  const each = (list: unknown): Problem[] =>
    Array.isArray(list)
      ? list.flatMap((one, index) => shapeProblems(one, `${at}[${index}]`, depth + 1))
      : unless(false, 'must be a list of schemas')
  switch (shape) {
    case 'text':
      return unless(typeof value === 'string', 'must be a text')
    case 'flag':
      return unless(typeof value === 'boolean', 'must be true or false')
    case 'number':
      return unless(typeof value === 'number', 'must be a number')
    case 'whole':
      return unless(Number.isInteger(value), 'must be a whole number')
    case 'texts':
      return unless(Array.isArray(value) && value.every((one) => typeof one === 'string'), 'must be a list of texts')
    case 'list':
      return unless(Array.isArray(value), 'must be a list')
    case 'schema':
      return shapeProblems(value, at, depth + 1)
    case 'schemas':
      return each(value)
    case 'schema or flag':
      return typeof value === 'boolean' ? [] : shapeProblems(value, at, depth + 1)
    case 'properties':
      return isObject(value)
        ? Object.entries(value).flatMap(([name, one]) => shapeProblems(one, `${at}[${name}]`, depth + 1))
        : unless(false, 'must be an object')
    case 'rules':
      return Array.isArray(value)
        ? value.flatMap((one, index) => ruleShape(one, `${at}[${index}]`))
        : unless(false, 'must be a list of rules')
  }
}

const ruleShape = (rule: unknown, at: string): Problem[] => {
  if (!isObject(rule)) return [invalid(at, rule, 'must be an object')]
  return Object.entries(rule).flatMap(([key, value]) => {
    const fine = key === 'optionalOldSelf' ? typeof value === 'boolean' : typeof value === 'string'
    return fine
      ? []
      : [invalid(`${at}.${key}`, value, key === 'optionalOldSelf' ? 'must be true or false' : 'must be a text')]
  })
}
