/** `anyOf`, `oneOf`, `allOf` and `not`. The API server names no field when they fail, and adds what the nearest branch refused. */
import { invalid, type Problem } from './problem.ts'
import type { StructuralSchema } from './structural.ts'
import type { Walk } from './telling.ts'

export const checkLogic = (
  schema: StructuralSchema,
  name: string,
  walk: Walk,
  check: (one: StructuralSchema, walk: Walk) => void,
): void => {
  const attempt = (one: StructuralSchema): Problem[] => {
    const inner: Walk = { prefix: walk.prefix, problems: [] }
    check(one, inner)
    return inner.problems
  }
  const composite = (sentence: string) => walk.problems.push(invalid(walk.prefix, '', `"${name}" must ${sentence}`))
  if (schema.anyOf) {
    const results = schema.anyOf.map(attempt)
    if (results.every((result) => result.length > 0)) {
      composite('validate at least one schema (anyOf)')
      walk.problems.push(...results[0]!)
    }
  }
  if (schema.oneOf) {
    const results = schema.oneOf.map(attempt)
    const matching = results.filter((result) => result.length === 0).length
    if (matching !== 1) {
      const found = matching === 0 ? 'Found none valid' : `Found ${matching} valid alternatives`
      composite(`validate one and only one schema (oneOf). ${found}`)
      if (matching === 0 && results[0]) walk.problems.push(...results[0])
    }
  }
  if (schema.allOf) {
    const failing = schema.allOf.map(attempt).filter((result) => result.length > 0)
    for (const result of failing) walk.problems.push(...result)
    if (failing.length > 0)
      composite(`validate all the schemas (allOf)${failing.length === schema.allOf.length ? '. None validated' : ''}`)
  }
  if (schema.not && attempt(schema.not).length === 0) composite('not validate the schema (not)')
}
