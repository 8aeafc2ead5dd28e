/** What makes a schema structural: a type everywhere, logic that only restricts what is declared outside of it. */
import { sameJson } from '../json.ts'
import { patternProblem } from '../pattern.ts'
import { forbidden, invalid, required, type Problem } from '../problem.ts'
import { isObject, type StructuralSchema } from '../structural.ts'
import { children, junctors } from './parts.ts'

export const structureProblems = (schema: StructuralSchema, path: string): Problem[] =>
  [...invariants(schema, path, 'root'), ...completeness(schema, schema, path, path)].sort((one, other) =>
    one.message < other.message ? -1 : one.message > other.message ? 1 : 0,
  )

type Level = 'root' | 'item' | 'field'

const untyped: Record<Level, string> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

const invariants = (schema: StructuralSchema, path: string, level: Level): Problem[] => {
  const type: string = schema.type ?? ''
  const embedded = schema['x-kubernetes-embedded-resource'] === true
  const intOrString = schema['x-kubernetes-int-or-string'] === true
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true
  const problems: Problem[] = []
  if (type === 'array' && !schema.items) problems.push(required(`${path}.items`, 'must be specified'))
  for (const child of children(schema, path))
    problems.push(...invariants(child.schema, child.path, child.as === 'items' ? 'item' : 'field'))
  if (schema.additionalProperties !== undefined && level === 'root')
    problems.push(forbidden(`${path}.additionalProperties`, 'must not be used at the root'))
  if (intOrString && preserves)
    problems.push(
      invalid(
        `${path}.x-kubernetes-preserve-unknown-fields`,
        true,
        'must be false if x-kubernetes-int-or-string is true',
      ),
    )
  if (intOrString && embedded)
    problems.push(
      invalid(`${path}.x-kubernetes-embedded-resource`, true, 'must be false if x-kubernetes-int-or-string is true'),
    )
  problems.push(...logic(schema, path, intOrStringPlaces(schema, path)))

  if (embedded && type !== 'object') {
    const words = 'must be object if x-kubernetes-embedded-resource is true'
    problems.push(type === '' ? required(`${path}.type`, words) : invalid(`${path}.type`, type, words))
  } else if (type === '' && !intOrString && !preserves) problems.push(required(`${path}.type`, untyped[level]))
  if (embedded && schema.additionalProperties !== undefined)
    problems.push(
      forbidden(`${path}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set'),
    )
  if (level === 'root' && type !== '' && type !== 'object')
    problems.push(invalid(`${path}.type`, type, 'must be object at the root'))
  if (level === 'root' || embedded) problems.push(...metadataProblems(schema, path, level))
  if (embedded && !preserves && Object.keys(schema.properties ?? {}).length === 0)
    problems.push(
      required(
        `${path}.properties`,
        'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      ),
    )
  return problems
}

/** `kind`, `apiVersion` and `metadata` belong to the API server; a schema may restrict names alone. */
const metadataProblems = (schema: StructuralSchema, path: string, level: Level): Problem[] => {
  const problems: Problem[] = []
  for (const name of ['kind', 'apiVersion']) {
    const own = schema.properties?.[name]
    if (own && own.type !== 'string')
      problems.push(invalid(`${path}.properties[${name}].type`, own.type ?? '', 'must be string'))
  }
  const metadata = schema.properties?.metadata
  if (!metadata) return problems
  const at = `${path}.properties[metadata]`
  if (metadata.type !== 'object') problems.push(invalid(`${at}.type`, metadata.type ?? '', 'must be object'))
  const { type: _type, default: _default, properties, ...rest } = metadata
  const names = Object.keys(properties ?? {})
  if (
    level === 'root' &&
    (Object.keys(rest).length > 0 || names.some((name) => name !== 'name' && name !== 'generateName'))
  )
    problems.push(
      forbidden(at, 'must not specify anything other than name and generateName, but metadata is implicitly specified'),
    )
  return problems
}

/** The two places where logic may name types: the usual way to write an integer or a text. */
const intOrStringPlaces = (schema: StructuralSchema, path: string): ReadonlySet<string> => {
  const pair = [{ type: 'integer' }, { type: 'string' }]
  const places = new Set<string>()
  if (sameJson(schema.anyOf, pair)) places.add(`${path}.anyOf`)
  if (sameJson(schema.allOf?.[0]?.anyOf, pair)) places.add(`${path}.allOf[0].anyOf`)
  return places
}

const logic = (schema: StructuralSchema, path: string, exempt: ReadonlySet<string>): Problem[] => [
  ...junctors(schema, path).flatMap((part) =>
    exempt.has(`${path}.${part.of}`) ? [] : nested(part.schema, part.path, exempt),
  ),
  ...badPattern(schema.pattern).map((why) =>
    invalid(`${path}.pattern`, schema.pattern, `must be a valid regular expression, but isn't: ${why}`),
  ),
]

const badPattern = (pattern: string | undefined): string[] => {
  const why = typeof pattern === 'string' ? patternProblem(pattern) : undefined
  return why === undefined ? [] : [why]
}

const nestedForbidden: readonly (readonly [keyof StructuralSchema, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
]

/** A schema under a junctor. */
const nested = (schema: StructuralSchema, path: string, exempt: ReadonlySet<string>): Problem[] => [
  ...logic(schema, path, exempt),
  ...children(schema, path).flatMap((child) => (child.as === 'values' ? [] : nested(child.schema, child.path, exempt))),
  ...nestedForbidden.flatMap(([key, words]) => {
    const value = schema[key]
    const empty = value === undefined || value === false || value === '' || (Array.isArray(value) && value.length === 0)
    return empty && !(key === 'additionalProperties' && value === false) ? [] : [forbidden(`${path}.${key}`, words)]
  }),
  ...(schema.properties && Object.hasOwn(schema.properties, 'metadata')
    ? [forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context')]
    : []),
]

/** What logic speaks about must be declared outside of it. */
const completeness = (
  declared: StructuralSchema,
  logical: StructuralSchema,
  declaredPath: string,
  path: string,
): Problem[] =>
  junctors(logical, path).flatMap((part) => [
    ...completeness(declared, part.schema, declaredPath, part.path),
    ...missing(declared, part.schema, declaredPath, part.path),
  ])

const missing = (
  declared: StructuralSchema,
  logical: StructuralSchema,
  declaredPath: string,
  path: string,
): Problem[] =>
  children(logical, path).flatMap((child) => {
    if (child.as === 'values') return []
    const at = child.as === 'items' ? `${declaredPath}.items` : `${declaredPath}.properties[${child.name}]`
    const own = child.as === 'items' ? declared.items : ownProperty(declared, child.name!)
    if (!isObject(own)) return [required(at, `because it is defined in ${child.path}`)]
    const counterpart = own as StructuralSchema
    return [
      ...completeness(counterpart, child.schema, at, child.path),
      ...missing(counterpart, child.schema, at, child.path),
    ]
  })

const ownProperty = (schema: StructuralSchema, name: string): StructuralSchema | undefined =>
  schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
