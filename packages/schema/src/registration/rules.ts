/** `x-kubernetes-validations` as they stand in a CRD: complete, compilable, and comparing only what can be compared. */
import { compileRule, NOT_A_BOOL, NOT_A_TEXT } from '../cel/compiled-rules.ts'
import { invalid, notSupported, required, type Problem } from '../problem.ts'
import type { StructuralSchema, ValidationRule } from '../structural.ts'
import { children } from './parts.ts'

/** `compile` false leaves out what needs a sound schema. */
export const registeredRuleProblems = (schema: StructuralSchema, path: string, compile: boolean): Problem[] =>
  collect(schema, path, { compile, root: true })

interface From {
  readonly compile: boolean
  readonly root: boolean
  /** the nearest part above whose content has no counterpart in the stored object */
  readonly uncorrelated?: string | undefined
}

const collect = (schema: StructuralSchema, path: string, from: From): Problem[] => [
  ...(schema['x-kubernetes-validations'] ?? []).flatMap((rule, index) => {
    const at = `${path}.x-kubernetes-validations[${index}]`
    const plain = written(rule, at)
    return plain.length > 0 || !from.compile ? plain : compiled(schema, rule, at, from)
  }),
  ...children(schema, path).flatMap((child) => {
    const lost = child.as === 'items' && schema['x-kubernetes-list-type'] !== 'map'
    return collect(child.schema, child.path, {
      ...from,
      root: false,
      uncorrelated: from.uncorrelated ?? (lost ? path : undefined),
    })
  }),
]

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']

const written = (rule: ValidationRule, at: string): Problem[] => {
  const problems: Problem[] = []
  const text = (rule.rule ?? '').trim()
  if (text === '') problems.push(required(`${at}.rule`, 'rule is not specified'))
  if (rule.message !== undefined && rule.message !== '' && rule.message.trim() === '')
    problems.push(invalid(`${at}.message`, rule.message, 'message must be non-empty if specified'))
  else if (/[\r\n]/.test((rule.message ?? '').trim()))
    problems.push(invalid(`${at}.message`, rule.message, 'message must not contain line breaks'))
  else if (/[\r\n]/.test(text) && !rule.message?.trim())
    problems.push(required(`${at}.message`, 'message must be specified if rule contains line breaks'))
  if (rule.messageExpression !== undefined && rule.messageExpression !== '' && rule.messageExpression.trim() === '')
    problems.push(required(`${at}.messageExpression`, 'messageExpression must be non-empty if specified'))
  if (rule.reason !== undefined && !reasons.includes(rule.reason))
    problems.push(notSupported(`${at}.reason`, rule.reason, reasons))
  return problems
}

const compiled = (
  schema: StructuralSchema,
  rule: ValidationRule,
  at: string,
  { root, uncorrelated }: From,
): Problem[] => {
  const { expression, error = '', at: where } = compileRule(schema, rule, root)
  if (where === 'fieldPath') return [invalid(`${at}.fieldPath`, rule.fieldPath, error)]
  if (where === 'messageExpression')
    return [
      invalid(
        `${at}.messageExpression`,
        rule.messageExpression,
        error === NOT_A_TEXT ? error : `messageExpression compilation failed: ${error}`,
      ),
    ]
  if (!expression)
    return [invalid(`${at}.rule`, rule.rule, error === NOT_A_BOOL ? error : `compilation failed: ${error}`)]
  if (expression.mentions.has('oldSelf'))
    return uncorrelated
      ? [
          invalid(
            `${at}.rule`,
            rule.rule,
            `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`,
          ),
        ]
      : []
  return rule.optionalOldSelf !== undefined
    ? [invalid(`${at}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule')]
    : []
}
