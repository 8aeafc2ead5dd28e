/** What is special about custom resources: validation in the wording of `@drey/schema`, and metadata of embedded objects. */
import type { KubeObject } from '@drey/reconcile'
import { validate, validateStatus, type Problem, type StructuralSchema } from '@drey/schema'
import { decodeBuiltin } from './decode.ts'
import type { Cause } from './errors.ts'
import type { Kind } from './resources.ts'
import { isMap } from './shape.ts'

export const validateCustom = (
  kind: Kind,
  object: KubeObject,
  old: KubeObject | undefined,
  subresource?: string,
): Cause[] => {
  if (kind.origin !== 'crd' || !kind.structural) return []
  const problems =
    subresource === 'status'
      ? validateStatus(kind.structural, object, old)
      : validate(kind.structural, object, { old, scale: kind.scale && { specReplicasPath: kind.scale.specReplicas } })
  return problems.map(causeOf)
}

const causeOf = (problem: Problem): Cause => ({ reason: problem.type, message: problem.body, field: problem.path })

/** The value with the metadata of embedded resources read as metadata; what was not known there is added to `unknown`. */
export const coerceEmbedded = (
  schema: StructuralSchema | undefined,
  value: unknown,
  unknown: string[],
  path = '',
): unknown => {
  if (!schema) return value
  if (Array.isArray(value))
    return value.map((one, index) => coerceEmbedded(schema.items, one, unknown, `${path}[${index}]`))
  if (!isMap(value)) return value
  const copy: Record<string, unknown> = { ...value }
  for (const key of Object.keys(value)) {
    const at = path ? `${path}.${key}` : key
    if (key === 'metadata' && path && schema['x-kubernetes-embedded-resource'] && isMap(value[key])) {
      const decoded = decodeBuiltin('apimachinery.pkg.apis.meta.v1.ObjectMeta', value[key])
      unknown.push(...decoded.unknown.map((field) => `${at}.${field}`))
      copy[key] = decoded.value
    } else if (key !== 'metadata' || path) {
      const own =
        schema.properties && Object.hasOwn(schema.properties, key)
          ? schema.properties[key]
          : schema.additionalProperties
      copy[key] = coerceEmbedded(typeof own === 'object' ? own : undefined, value[key], unknown, at)
    }
  }
  return copy
}
