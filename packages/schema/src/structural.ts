/** The plain JSON of a structural schema, as it stands in a CRD, and the three keys of our own that never reach a cluster. */

export type JsonType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'

/** OpenAPI v3 as Kubernetes allows it in `spec.versions[].schema.openAPIV3Schema`. */
export interface StructuralSchema {
  readonly type?: JsonType
  readonly format?: string
  readonly description?: string
  readonly title?: string
  readonly nullable?: boolean
  readonly default?: unknown
  readonly enum?: readonly unknown[]

  readonly properties?: { readonly [name: string]: StructuralSchema }
  readonly required?: readonly string[]
  readonly additionalProperties?: StructuralSchema | boolean
  readonly minProperties?: number
  readonly maxProperties?: number

  readonly items?: StructuralSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean

  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: boolean
  readonly exclusiveMaximum?: boolean
  readonly multipleOf?: number

  readonly allOf?: readonly StructuralSchema[]
  readonly anyOf?: readonly StructuralSchema[]
  readonly oneOf?: readonly StructuralSchema[]
  readonly not?: StructuralSchema

  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular'
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[]

  /** ours: what a change of this field asks of a running job; see `diff.ts` */
  readonly onChange?: unknown
  /** ours: how values of this field are compared when the text alone does not decide; see `diff.ts` */
  readonly compare?: unknown
  /** ours: why a change of this field weighs what it weighs, when the weight alone does not say it */
  readonly why?: string
  /** ours: the value upstream assumes when the field is absent. Documentation only: the API server never writes it */
  readonly assumed?: unknown
  /** ours: a value that makes sense, for the reference and for editors */
  readonly example?: unknown
}

/** One entry of `x-kubernetes-validations`. */
export interface ValidationRule {
  readonly rule: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate'
  readonly fieldPath?: string
  readonly optionalOldSelf?: boolean
}

/** Keys that exist for us only; the CRD writer drops them. */
export const ownKeys: ReadonlySet<string> = new Set(['onChange', 'compare', 'why', 'assumed', 'example'])

export type JsonObject = { [key: string]: unknown }

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The schema that governs one key of an object; undefined when the schema says nothing about it. */
export const schemaOfKey = (schema: StructuralSchema, key: string): StructuralSchema | undefined => {
  const { properties, additionalProperties } = schema
  // Schemas come from users: a key named `constructor` must not find Object.prototype.
  if (properties && Object.hasOwn(properties, key)) return properties[key]
  return typeof additionalProperties === 'object' ? additionalProperties : undefined
}
