/** The schema engine: structural schemas as values, validated, defaulted, pruned, diffed and printed as CRDs and documentation. */
export * from './structural.ts'
export * from './problem.ts'
export { validate, validateStatus, conforms, type ValidateOptions } from './judge.ts'
export { validateStructure } from './validate.ts'
export { validateRules } from './cel/rules.ts'
export { hasRules, ruleProblems } from './cel/compiled-rules.ts'
export { prune, unknownField, type Pruned } from './prune.ts'
export { withDefaults } from './defaults.ts'
export { scaleProblems } from './scale.ts'
export * as kit from './kit.ts'
export type { Schema, ValueOf } from './kit.ts'
export { sameJson } from './json.ts'
export { matchesPattern } from './pattern.ts'
export { customResourceDefinition, wireSchema, type CrdSource, type CustomResourceDefinition } from './crd.ts'
export { nameProblems } from './names.ts'
export { crdYaml } from './crd-yaml.ts'
export {
  diff,
  heaviest,
  diffTypes,
  type Change,
  type Diff,
  type DiffOptions,
  type DiffType,
  type OnChange,
  type Weight,
} from './diff.ts'
export { resourcePage, table, type PageOptions } from './markdown.ts'
export { schemaProblems } from './registration/index.ts'
