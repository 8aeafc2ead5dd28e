/** One part of a value against the rules of its schema. */
import { sameJson } from '../json.ts'
import { duplicate, forbidden, invalid, required, type Problem } from '../problem.ts'
import type { StructuralSchema, ValidationRule } from '../structural.ts'
import type { Expression } from './compile.ts'
import { compiledRule } from './compiled-rules.ts'
import { CelError, CostError, fromJson, none, some, type Value } from './value.ts'

/** What all rules of one validation share. */
export interface Judgement {
  readonly problems: Problem[]
  readonly cost: { left: number }
}
/** The rules of one validation have cost too much together; no further one is run. */
export class OutOfBudget extends Error {}

export const judgeRules = (
  schema: StructuralSchema,
  rules: readonly ValidationRule[],
  value: unknown,
  old: unknown,
  path: string,
  walk: Judgement,
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

const evaluate = (expression: Expression, slots: Value[], walk: Judgement): Value | CelError => {
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

const sentenceFor = (
  rule: ValidationRule,
  message: Expression | undefined,
  slots: Value[],
  walk: Judgement,
): string => {
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
