/** Defaults must be values that the schema itself accepts and keeps. */
import { validateRules } from '../cel/rules.ts'
import { sameJson } from '../json.ts'
import { forbidden, invalid, type Problem } from '../problem.ts'
import { prune } from '../prune.ts'
import type { StructuralSchema } from '../structural.ts'
import { validateStructure } from '../validate.ts'
import { children } from './parts.ts'

export const defaultProblems = (schema: StructuralSchema, path: string, top?: string): Problem[] => {
  const problems: Problem[] = []
  if (schema.default !== undefined) {
    const at = `${path}.default`
    if (top) problems.push(forbidden(at, `must not be set in top-level ${top}`))
    const value = schema.default
    if (!sameJson(prune(schema, value, { root: false }).value, value))
      problems.push(invalid(at, value, 'must not have unknown fields'))
    const structure = validateStructure(schema, value, { path: at })
    problems.push(...structure)
    if (structure.length === 0) problems.push(...validateRules(schema, value, { path: at, root: false }))
  }
  for (const child of children(schema, path)) {
    const meta =
      !path.includes('.properties[') && ['metadata', 'kind', 'apiVersion'].includes(child.name ?? '') ? child.name : top
    if (child.as !== 'values') problems.push(...defaultProblems(child.schema, child.path, meta))
  }
  return problems
}
