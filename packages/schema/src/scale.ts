/** The checks that the scale subresource adds to every write of an object, beside the schema. */
import { invalid, type Problem } from './problem.ts'
import { isObject } from './structural.ts'

/** Problems with the replica counts that a CRD's `subresources.scale` points at. The path keeps its leading dot, as the API server prints it. */
export const scaleProblems = (scale: { specReplicasPath: string }, object: unknown): Problem[] => {
  const path = scale.specReplicasPath
  let value: unknown = object
  for (const key of path.replace(/^\./, '').split('.')) {
    if (value === undefined) return []
    if (!isObject(value)) return [mismatch(path, value, 'map[string]interface{}')]
    value = value[key]
  }
  if (value === undefined) return []
  if (typeof value !== 'number' || !Number.isInteger(value)) return [mismatch(path, value, 'int64')]
  if (value < 0) return [invalid(path, value, 'should be a non-negative integer')]
  if (value > 2_147_483_647) return [invalid(path, value, 'should be less than or equal to 2147483647')]
  return []
}

const mismatch = (path: string, value: unknown, wanted: string): Problem =>
  invalid(
    path,
    0,
    `${path} accessor error: ${value === null ? '<nil>' : String(value)} is of the type ${goTypeOf(value)}, expected ${wanted}`,
  )

const goTypeOf = (value: unknown): string => {
  if (value === null) return '<nil>'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  if (typeof value === 'boolean') return 'bool'
  if (Array.isArray(value)) return '[]interface {}'
  return typeof value === 'object' ? 'map[string]interface {}' : 'string'
}
