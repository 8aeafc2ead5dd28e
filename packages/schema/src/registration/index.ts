/**
 * What the API server refuses in the schema of a CRD that somebody registers: what is not structural, keywords it does not
 * support, defaults that the schema itself forbids, rules that cannot run.
 */
import type { Problem } from '../problem.ts'
import type { StructuralSchema } from '../structural.ts'
import { defaultProblems } from './defaults.ts'
import { isUnreadable, keywordProblems } from './keywords.ts'
import { registeredRuleProblems } from './rules.ts'
import { shapeProblems } from './shape.ts'
import { structureProblems } from './structure.ts'

/**
 * Problems with a schema, in the API server's words. `path` is where the schema stands: for a CRD with one version the API
 * server says `spec.validation.openAPIV3Schema`, with several `spec.versions[0].schema.openAPIV3Schema`.
 */
export const schemaProblems = (schema: StructuralSchema, path: string): Problem[] => {
  const shape = shapeProblems(schema, path)
  if (shape.length > 0) return shape
  const unreadable = isUnreadable(schema)
  const structural = unreadable ? [] : structureProblems(schema, path)
  const defaults = unreadable || structural.length > 0 ? [] : defaultProblems(schema, path)
  const keywords = keywordProblems(schema, path)
  // Rules are compiled against types, so only when these are sound.
  const rules = registeredRuleProblems(schema, path, !unreadable && structural.length === 0 && defaults.length === 0)
  return [...structural, ...defaults, ...keywords, ...rules]
}
