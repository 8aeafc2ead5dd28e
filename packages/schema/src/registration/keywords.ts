/** Keywords of OpenAPI and of Kubernetes that a CRD may not use, or only together with others. */
import { forbidden, invalid, notSupported, problem, required, type Problem } from '../problem.ts'
import { isObject, type StructuralSchema } from '../structural.ts'
import { children, junctors } from './parts.ts'

export const keywordProblems = (schema: StructuralSchema, path: string, root = true): Problem[] => [
  ...(root && schema.nullable ? [forbidden(`${path}.nullable`, 'nullable cannot be true at the root')] : []),
  ...unsupported(schema, path),
  ...(schema.additionalProperties !== undefined &&
  schema.additionalProperties !== true &&
  Object.keys(schema.properties ?? {}).length > 0
    ? [forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')]
    : []),
  ...children(schema, path).flatMap((child) => keywordProblems(child.schema, child.path, false)),
  ...junctors(schema, path).flatMap((part) => keywordProblems(part.schema, part.path, false)),
  ...mapType(schema, path),
  ...listType(schema, path),
]

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const unknownKeywords = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref']

/** Whether a part uses a keyword that keeps the API server from looking at the structure at all. */
export const isUnreadable = (schema: StructuralSchema): boolean =>
  unknownKeywords.some((key) => (schema as Record<string, unknown>)[key] !== undefined) ||
  (schema.type as string | undefined) === 'null' ||
  Array.isArray(schema.items) ||
  schema['x-kubernetes-preserve-unknown-fields'] === false ||
  [...children(schema, ''), ...junctors(schema, '')].some((part) => isUnreadable(part.schema))

const unsupported = (schema: StructuralSchema, path: string): Problem[] => {
  const written = schema as Record<string, unknown>
  const type: string = schema.type ?? ''
  return [
    ...(type !== '' && !types.includes(type) ? [notSupported(`${path}.type`, type, types)] : []),
    ...unknownKeywords
      .filter((key) => written[key] !== undefined)
      .map((key) => forbidden(`${path}.${key}`, `${key} is not supported`)),
    ...(type === 'null'
      ? [forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative')]
      : []),
    ...(Array.isArray(schema.items)
      ? [forbidden(`${path}.items`, 'items must be a schema object and not an array')]
      : []),
    ...(schema.uniqueItems
      ? [
          forbidden(
            `${path}.uniqueItems`,
            'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
          ),
        ]
      : []),
    ...(schema['x-kubernetes-preserve-unknown-fields'] === false
      ? [invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined')]
      : []),
  ]
}

const mapType = (schema: StructuralSchema, path: string): Problem[] => {
  const own: string | undefined = schema['x-kubernetes-map-type']
  if (own === undefined) return []
  return [
    ...needsType(schema, path, 'object', 'must be object if x-kubernetes-map-type is specified'),
    ...(own === 'atomic' || own === 'granular'
      ? []
      : [notSupported(`${path}.x-kubernetes-map-type`, own, ['atomic', 'granular'])]),
  ]
}

const needsType = (schema: StructuralSchema, path: string, type: string, words: string): Problem[] =>
  schema.type === type
    ? []
    : [schema.type ? invalid(`${path}.type`, schema.type, words) : required(`${path}.type`, words)]

const listType = (schema: StructuralSchema, path: string): Problem[] => {
  const own: string | undefined = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const items = isObject(schema.items) ? (schema.items as StructuralSchema) : undefined
  const problems: Problem[] = []
  if (own !== undefined && schema.type !== 'array')
    problems.push(...needsType(schema, path, 'array', 'must be array if x-kubernetes-list-type is specified'))
  else if (own === 'set' && items) problems.push(...setItems(items, `${path}.items`))
  if (own !== undefined && !['atomic', 'set', 'map'].includes(own))
    problems.push(notSupported(`${path}.x-kubernetes-list-type`, own, ['atomic', 'set', 'map']))
  if (keys.length > 0 && own !== 'map') {
    const words = 'must be map if x-kubernetes-list-map-keys is non-empty'
    problems.push(
      own === undefined
        ? required(`${path}.x-kubernetes-list-type`, words)
        : invalid(`${path}.x-kubernetes-list-type`, own, words),
    )
  }
  if (own === 'map') problems.push(...mapItems(schema, items, keys, path))
  if ((own === 'map' || own === 'set') && items?.nullable)
    problems.push(forbidden(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${own}`))
  return problems
}

const setItems = (items: StructuralSchema, path: string): Problem[] => {
  const words = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const inner = items['x-kubernetes-list-type']
  if (items.type === 'array' && inner !== undefined && inner !== 'atomic')
    return [invalid(`${path}.x-kubernetes-list-type`, inner, words)]
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    return [invalid(`${path}.x-kubernetes-map-type`, inner ?? null, words)]
  return []
}

const mapItems = (
  schema: StructuralSchema,
  items: StructuralSchema | undefined,
  keys: readonly string[],
  path: string,
): Problem[] => {
  const problems: Problem[] = []
  const keysPath = `${path}.x-kubernetes-list-map-keys`
  if (keys.length === 0) problems.push(required(keysPath, 'must not be empty if x-kubernetes-list-type is map'))
  if (schema.items === undefined)
    problems.push(required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map'))
  if (!items) return problems
  if (items.type !== 'object') {
    problems.push(
      invalid(`${path}.items.type`, items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map"),
    )
    return problems
  }
  const written = problem('FieldValueInvalid', keysPath, undefined)
  const keysProblem = (words: string): Problem => {
    const body = `Invalid value: []string{${keys.map((key) => JSON.stringify(key)).join(', ')}}: ${words}`
    return { ...written, body, message: `${keysPath}: ${body}` }
  }
  for (const [index, key] of keys.entries()) {
    const own = items.properties?.[key]
    const at = `${path}.items.properties[${key}]`
    if (!own) problems.push(keysProblem('entries must all be names of item properties'))
    else if (own.type === 'array' || own.type === 'object')
      problems.push(
        invalid(`${at}.type`, items.type, "must be a scalar type if parent array's x-kubernetes-list-type is map"),
      )
    if (keys.indexOf(key) !== index) problems.push(keysProblem('must not contain duplicate entries'))
    if (!own) continue
    if (own.default === undefined && !items.required?.includes(key))
      problems.push(
        required(
          `${at}.default`,
          'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
        ),
      )
    if (own.nullable)
      problems.push(
        forbidden(`${at}.nullable`, 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'),
      )
  }
  return problems
}
