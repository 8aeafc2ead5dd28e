/**
 * `x-kubernetes-validations`: CEL rules of a schema, judged as the API server judges them: transition rules only when there is
 * a stored value to compare with, unchanged parts never refused by rules that do not compare, one cost limit for all rules.
 */
import { ownValue, sameJson } from '../json.ts'
import type { Problem } from '../problem.ts'
import { isObject, schemaOfKey, type StructuralSchema } from '../structural.ts'
import { asRoot, hasRules, ruledParts } from './compiled-rules.ts'
import { judgeRules, OutOfBudget, type Judgement } from './judge-rule.ts'

export interface RuleOptions {
  /** the stored value, on an update */
  old?: unknown
  path?: string
  /** the schema describes a whole object, so that rules may read `apiVersion`, `kind` and `metadata.name` */
  root?: boolean
}

/** Everything that the rules of the schema refuse. */
export const validateRules = (
  schema: StructuralSchema,
  value: unknown,
  { old, path = '', root = path === '' }: RuleOptions = {},
): Problem[] => {
  if (!hasRules(schema)) return []
  const walk: Walk = { problems: [], cost: { left: 10_000_000 }, ruled: ruledParts(root ? asRoot(schema) : schema) }
  try {
    check(root ? asRoot(schema) : schema, value, old, path, walk)
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error
  }
  return walk.problems
}

interface Walk extends Judgement {
  readonly ruled: ReadonlySet<StructuralSchema>
}

const check = (schema: StructuralSchema, value: unknown, old: unknown, path: string, walk: Walk): void => {
  if (value === null || value === undefined || !walk.ruled.has(schema)) return
  const rules = schema['x-kubernetes-validations']
  if (rules && rules.length > 0) judgeRules(schema, rules, value, old, path, walk)
  for (const one of schema.allOf ?? []) check(one, value, old, path, walk)
  if (Array.isArray(value)) {
    if (!schema.items || !walk.ruled.has(schema.items)) return
    const keys = schema['x-kubernetes-list-type'] === 'map' ? schema['x-kubernetes-list-map-keys'] : undefined
    const partner = (one: unknown): unknown =>
      keys && Array.isArray(old) && isObject(one)
        ? old.find((other) => isObject(other) && keys.every((key) => sameJson(one[key], other[key])))
        : undefined
    for (const [index, one] of value.entries()) check(schema.items, one, partner(one), `${path}[${index}]`, walk)
  } else if (isObject(value)) {
    const before = isObject(old) ? old : {}
    for (const key of Object.keys(value)) {
      const own = schemaOfKey(schema, key)
      if (!own || !walk.ruled.has(own)) continue
      const listed = schema.properties !== undefined && Object.hasOwn(schema.properties, key)
      check(
        own,
        value[key],
        ownValue(before, key),
        listed ? (path === '' ? key : `${path}.${key}`) : `${path}[${key}]`,
        walk,
      )
    }
  }
}
