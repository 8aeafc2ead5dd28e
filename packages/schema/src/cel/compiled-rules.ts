/** The rules of a schema, compiled once: which parts have any, what each rule reads, why one cannot run. */
import { schemaOfKey, type StructuralSchema, type ValidationRule } from '../structural.ts'
import { compileExpression, type Expression } from './compile.ts'
import { agree, bool, string, type Type } from './types.ts'
import { CelError } from './value.ts'

/** Whether any part of the schema has rules. */
export const hasRules = (schema: StructuralSchema): boolean => ruledParts(schema).size > 0

/** The parts that have rules, themselves or further down; found once per schema, since most schemas have few. */
export const ruledParts = (schema: StructuralSchema): ReadonlySet<StructuralSchema> => {
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

export interface CompiledRule {
  readonly expression?: Expression
  readonly message?: Expression
  readonly error?: string
  /** which text of the rule the error is about */
  readonly at?: 'rule' | 'messageExpression' | 'fieldPath'
}

export const NOT_A_BOOL = 'cel expression must evaluate to a bool'
export const NOT_A_TEXT = 'messageExpression must evaluate to a string'

export const compiledRule = (schema: StructuralSchema, rule: ValidationRule): CompiledRule => {
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
    return { error: 'fieldPath must be a valid path', at: 'fieldPath' }
  const compiled = (text: string, type: Type, otherwise: string): Expression => {
    const expression = compileExpression(text, schema, oldSchema)
    if (!agree(expression.type, type)) throw new CelError(otherwise)
    return expression
  }
  let expression: Expression
  try {
    expression = compiled(rule.rule, bool, NOT_A_BOOL)
  } catch (error) {
    return { error: (error as Error).message, at: 'rule' }
  }
  if (!rule.messageExpression) return { expression }
  try {
    return { expression, message: compiled(rule.messageExpression, string, NOT_A_TEXT) }
  } catch (error) {
    return { error: (error as Error).message, at: 'messageExpression' }
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
export const asRoot = (schema: StructuralSchema): StructuralSchema => {
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
