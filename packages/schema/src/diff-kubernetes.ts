/**
 * Kubernetes objects inside a resource compare as upstream's model classes do: a missing list or map equals an empty one, a
 * missing object does not equal an empty one, quantities compare by value.
 */
import { parseQuantity } from './cel/library/quantity.ts'
import { below, keysOf, ownValue } from './json.ts'
import { isObject, schemaOfKey, type StructuralSchema } from './structural.ts'

type Report = (path: string, old: unknown, now: unknown) => void

/** Reports every difference below two values of a Kubernetes object. */
export const compareKubernetes = (
  schema: StructuralSchema | undefined,
  old: unknown,
  now: unknown,
  path: string,
  report: Report,
): void => {
  if (isObject(old) && isObject(now)) {
    for (const key of keysOf(old, now)) {
      // Of a pod template only metadata and spec count; upstream clears the rest before it compares.
      if (schema?.compare === 'pod-template' && key !== 'metadata' && key !== 'spec') continue
      compareKubernetes(
        schema && schemaOfKey(schema, key),
        ownValue(old, key),
        ownValue(now, key),
        below(path, key),
        report,
      )
    }
  } else if (Array.isArray(old) && Array.isArray(now)) {
    for (let index = 0; index < Math.max(old.length, now.length); index++)
      compareKubernetes(schema?.items, old[index], now[index], below(path, String(index)), report)
  } else if (!sameKubernetes(schema, old, now)) report(path, old ?? null, now ?? null)
}

/** Whether two values are equal, of which at most one is an object or a list. */
const sameKubernetes = (schema: StructuralSchema | undefined, old: unknown, now: unknown): boolean => {
  const [one, other] = [meaning(schema, old), meaning(schema, now)]
  if (one === other) return true
  if (one === null || other === null) return false
  return schema?.compare === 'quantity' && sameQuantity(one, other)
}

const meaning = (schema: StructuralSchema | undefined, value: unknown): unknown =>
  value === undefined || (schema !== undefined && isEmpty(schema, value)) ? null : value

const isEmpty = (schema: StructuralSchema, value: unknown): boolean =>
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && schema.additionalProperties !== undefined && Object.keys(value).length === 0)

const sameQuantity = (one: unknown, other: unknown): boolean => {
  const [a, b] = [parseQuantity(String(one)), parseQuantity(String(other))]
  return a === undefined || b === undefined ? String(one) === String(other) : a === b
}
