/** The whole judgement of an object, in the order in which the API server judges: structure, scale, lists, then CEL rules. */
import { hasRules } from './cel/compiled-rules.ts'
import { validateRules } from './cel/rules.ts'
import { invalid, type Problem } from './problem.ts'
import type { StructuralSchema } from './structural.ts'
import { validateStructure } from './validate.ts'

export interface ValidateOptions {
  /** the stored value, on an update: what equals it is not judged again */
  old?: unknown
  /** prefix of every path, for a schema that is not the root of an object */
  path?: string
  /** the CRD's `subresources.scale`, whose counts are judged too */
  scale?: { readonly specReplicasPath: string } | undefined
}

/** Everything wrong with the value; empty when it is fine. Prune and default it first. */
export const validate = (
  schema: StructuralSchema,
  value: unknown,
  { old, path = '', scale }: ValidateOptions = {},
): Problem[] => {
  const problems = validateStructure(schema, value, { old, path, scale })
  if (!hasRules(schema)) return problems
  return [...problems, ...rulesAfter(problems, () => validateRules(schema, value, { old, path }))]
}

/**
 * A write to the status subresource: only the status is judged by its schema, as if it stood alone, but rules see the whole
 * object. `schema` and the objects are whole.
 */
export const validateStatus = (schema: StructuralSchema, value: unknown, old: unknown): Problem[] => {
  const statusOf = (object: unknown): unknown => (object as { status?: unknown } | undefined)?.status
  const status = schema.properties?.status
  const problems =
    status && statusOf(value) !== undefined
      ? validateStructure(status, statusOf(value), { old: statusOf(old), path: 'status' })
      : []
  if (!hasRules(schema)) return problems
  return [...problems, ...rulesAfter(problems, () => validateRules(schema, value, { old }))]
}

/** True when the value is fine; for callers that need no sentences. */
export const conforms = (schema: StructuralSchema, value: unknown): boolean => validate(schema, value).length === 0

const blocking = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
])

// Rules assume values of the right shape; the API server says so instead of running them.
const rulesAfter = (problems: readonly Problem[], judge: () => Problem[]): Problem[] =>
  problems.some((one) => blocking.has(one.type))
    ? [
        invalid(
          '',
          null,
          'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
        ),
      ]
    : judge()
