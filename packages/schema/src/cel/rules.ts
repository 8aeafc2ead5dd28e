/**
 * `x-kubernetes-validations`: CEL rules of a schema, judged as the API server judges them: transition rules only when there is
 * a stored value to compare with, unchanged parts never refused by rules that do not compare, one cost limit for all rules.
 */
import { sameJson } from '../json.ts'
import { duplicate, forbidden, invalid, required, type Problem } from '../problem.ts'
import { isObject, schemaOfKey, type StructuralSchema, type ValidationRule } from '../structural.ts'
import { compileExpression, type Expression } from './compile.ts'
import { CelError, CostError, fromJson, none, some, type Value } from './value.ts'

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
    check(root ? asRoot(schema) : schema, value, old, old !== undefined, path, walk)
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error
  }
  return walk.problems
}

/** Whether any part of the schema has rules. */
export const hasRules = (schema: StructuralSchema): boolean => ruledParts(schema).size > 0

/** The parts that have rules, themselves or further down; found once per schema, since most schemas have few. */
const ruledParts = (schema: StructuralSchema): ReadonlySet<StructuralSchema> => {
  let parts = ruled.get(schema)
  if (!parts) {
    const found = new Set<StructuralSchema>()
    collectRuled(schema, found)
    ruled.set(schema, (parts = found))
  }
  return parts
}
const ruled = new WeakMap<StructuralSchema, ReadonlySet<StructuralSchema>>()

const collectRuled = (schema: StructuralSchema, into: Set<StructuralSchema>): boolean => {
  let found = (schema['x-kubernetes-validations']?.length ?? 0) > 0
  for (const name in schema.properties) if (collectRuled(schema.properties[name]!, into)) found = true
  if (schema.items && collectRuled(schema.items, into)) found = true
  if (typeof schema.additionalProperties === 'object' && collectRuled(schema.additionalProperties, into)) found = true
  for (const one of schema.allOf ?? []) if (collectRuled(one, into)) found = true
  if (found) into.add(schema)
  return found
}

/** What is wrong with the rules themselves, when a CRD is registered: path of the schema node, rule, reason. */
export const ruleProblems = (
  schema: StructuralSchema,
  path = '',
  root = path === '',
): { path: string; rule: string; why: string }[] => {
  const own = (root ? asRoot(schema) : schema)['x-kubernetes-validations']?.flatMap((rule) => {
    const compiled = compiledRule(root ? asRoot(schema) : schema, rule)
    return compiled.error === undefined ? [] : [{ path, rule: rule.rule, why: compiled.error }]
  })
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
  return [
    ...(own ?? []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, one]) =>
      hasRules(one) ? ruleProblems(one, at(name), false) : [],
    ),
    ...(schema.items && hasRules(schema.items) ? ruleProblems(schema.items, `${path}[*]`, false) : []),
    ...(typeof schema.additionalProperties === 'object' && hasRules(schema.additionalProperties)
      ? ruleProblems(schema.additionalProperties, `${path}[*]`, false)
      : []),
  ]
}

interface Walk {
  readonly ruled: ReadonlySet<StructuralSchema>
  readonly problems: Problem[]
  readonly cost: { left: number }
}
class OutOfBudget extends Error {}

const check = (
  schema: StructuralSchema,
  value: unknown,
  old: unknown,
  correlated: boolean,
  path: string,
  walk: Walk,
): void => {
  if (value === null || value === undefined || !walk.ruled.has(schema)) return
  const rules = schema['x-kubernetes-validations']
  if (rules && rules.length > 0) judge(schema, rules, value, old, path, walk)
  for (const one of schema.allOf ?? []) check(one, value, old, correlated, path, walk)
  if (Array.isArray(value)) {
    if (!schema.items || !walk.ruled.has(schema.items)) return
    const keys = schema['x-kubernetes-list-type'] === 'map' ? schema['x-kubernetes-list-map-keys'] : undefined
    const partner = (one: unknown): unknown =>
      keys && Array.isArray(old) && isObject(one)
        ? old.find((other) => isObject(other) && keys.every((key) => sameJson(one[key], other[key])))
        : undefined
    for (const [index, one] of value.entries())
      check(schema.items, one, partner(one), correlated, `${path}[${index}]`, walk)
  } else if (isObject(value)) {
    const before = isObject(old) ? old : {}
    for (const key of Object.keys(value)) {
      const own = schemaOfKey(schema, key)
      if (!own || !walk.ruled.has(own)) continue
      const listed = schema.properties !== undefined && Object.hasOwn(schema.properties, key)
      check(
        own,
        value[key],
        Object.hasOwn(before, key) ? before[key] : undefined,
        correlated,
        listed ? (path === '' ? key : `${path}.${key}`) : `${path}[${key}]`,
        walk,
      )
    }
  }
}

const judge = (
  schema: StructuralSchema,
  rules: readonly ValidationRule[],
  value: unknown,
  old: unknown,
  path: string,
  walk: Walk,
): void => {
  const type = schema.type ?? ''
  const hasOld = old !== undefined && old !== null
  const unchanged = hasOld && sameJson(value, old)
  const self = fromJson(value, schema)
  const before = hasOld ? fromJson(old, schema) : undefined
  for (const rule of rules) {
    const { expression, message, error } = compiledRule(schema, rule)
    if (!expression) {
      walk.problems.push(invalid(path, type, `rule compile error: ${error}`))
      continue
    }
    const compares = expression.mentions.has('oldSelf')
    if (compares && !hasOld && !rule.optionalOldSelf) continue
    // Rules that do not compare cannot have been broken by a change that did not happen.
    if (!compares && unchanged) continue
    const slots: Value[] = [
      self,
      rule.optionalOldSelf ? (before === undefined ? none : some(before)) : (before ?? null),
    ]
    const outcome = evaluate(expression, slots, walk)
    if (outcome instanceof CelError) {
      const words = (rule.message ?? rule.rule).trim()
      if (outcome instanceof CostError) {
        walk.problems.push(
          invalid(
            path,
            type,
            'validation failed due to running out of cost budget, no further validation rules will be run',
          ),
        )
        throw new OutOfBudget()
      }
      const noOverload = outcome.message.startsWith('no such overload')
      const why = noOverload
        ? `'${outcome.message}': call arguments did not match a supported operator, function or macro signature for rule: ${words}`
        : `${outcome.message} evaluating rule: ${words}`
      walk.problems.push(invalid(path, type, why))
    } else if (outcome !== true)
      walk.problems.push(refusal(schema, rule, path, sentenceFor(rule, message, slots, walk)))
  }
}

const evaluate = (expression: Expression, slots: Value[], walk: Walk): Value | CelError => {
  // One rule may take a tenth of what all may take together, as in the API server.
  const limit = Math.min(walk.cost.left, 1_000_000)
  const cost = { left: limit }
  try {
    return expression.run({ slots, cost })
  } catch (error) {
    if (error instanceof CelError) return error
    if (error instanceof RangeError) return new CelError('stack overflow')
    throw error
  } finally {
    walk.cost.left -= limit - Math.max(cost.left, 0)
  }
}

const sentenceFor = (rule: ValidationRule, message: Expression | undefined, slots: Value[], walk: Walk): string => {
  if (message) {
    const said = evaluate(message, slots, walk)
    if (typeof said === 'string' && said.trim() !== '' && !said.trim().includes('\n') && said.trim().length <= 5_120)
      return said.trim()
  }
  return rule.message ? rule.message.trim() : `failed rule: ${rule.rule.trim()}`
}

const refusal = (schema: StructuralSchema, rule: ValidationRule, path: string, sentence: string): Problem => {
  const inner = (rule.fieldPath ?? '').replace(/^\./, '')
  const at = inner === '' || inner.startsWith('[') ? path + inner : path === '' ? inner : `${path}.${inner}`
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return forbidden(at, sentence)
    case 'FieldValueRequired':
      return required(at, sentence)
    case 'FieldValueDuplicate':
      return duplicate(at, schema.type ?? '')
    default:
      return invalid(at, schema.type ?? '', sentence)
  }
}

interface CompiledRule {
  readonly expression?: Expression
  readonly message?: Expression
  readonly error?: string
}

const compiledRule = (schema: StructuralSchema, rule: ValidationRule): CompiledRule => {
  let bySchema = compiledRules.get(schema)
  if (!bySchema) compiledRules.set(schema, (bySchema = new Map()))
  let compiled = bySchema.get(rule)
  if (!compiled) bySchema.set(rule, (compiled = compileRule(schema, rule)))
  return compiled
}
const compiledRules = new WeakMap<StructuralSchema, Map<ValidationRule, CompiledRule>>()

/** Compiles a rule of a part of a schema; `root` lets it read `apiVersion`, `kind` and `metadata.name`. */
export const compileRule = (part: StructuralSchema, rule: ValidationRule, root = false): CompiledRule => {
  const schema = root ? asRoot(part) : part
  // The stored value of an `optionalOldSelf` rule is an optional: its fields are not known before it is opened.
  const oldSchema = rule.optionalOldSelf ? null : schema
  if (rule.fieldPath !== undefined && !leadsToField(schema, rule.fieldPath))
    return { error: 'fieldPath must be a valid path' }
  try {
    return {
      expression: compileExpression(rule.rule, schema, oldSchema),
      ...(rule.messageExpression ? { message: compileExpression(rule.messageExpression, schema, oldSchema) } : {}),
    }
  } catch (error) {
    return { error: (error as Error).message }
  }
}

/** Whether a `fieldPath` such as `.spec.x` or `.labels['a.b']` names a field that the schema lists. */
const leadsToField = (schema: StructuralSchema, fieldPath: string): boolean => {
  const parts = fieldPath.match(/\.[^.[\]]+|\['(?:[^'\\]|\\.)*'\]/g) ?? []
  if (parts.join('') !== fieldPath || parts.length === 0) return false
  let at: StructuralSchema | undefined = schema
  for (const part of parts) {
    const key: string = part.startsWith('.') ? part.slice(1) : part.slice(2, -2).replace(/\\(.)/g, '$1')
    at = key === 'metadata' && at === schema ? undefined : schemaOfKey(at, key)
    if (!at) return false
  }
  return true
}

/** A whole object has three more fields than its schema says, of whose metadata rules may see the name alone. */
const asRoot = (schema: StructuralSchema): StructuralSchema => {
  let root = roots.get(schema)
  if (!root) {
    const text: StructuralSchema = { type: 'string' }
    root = {
      ...schema,
      properties: {
        ...schema.properties,
        apiVersion: text,
        kind: text,
        metadata: { type: 'object', properties: { name: text, generateName: text } },
      },
    }
    roots.set(schema, root)
  }
  return root
}
const roots = new WeakMap<StructuralSchema, StructuralSchema>()
