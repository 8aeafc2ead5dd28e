/** The parts of a schema, with the paths under which the API server speaks of them. */
import { isObject, type StructuralSchema } from '../structural.ts'

export interface Part {
  readonly schema: StructuralSchema
  readonly path: string
}

/** Properties, items and additional properties. Whatever a user wrote in their place is passed over when it is no schema. */
export const children = (
  schema: StructuralSchema,
  path: string,
): (Part & { readonly as: 'property' | 'items' | 'values'; readonly name?: string })[] => [
  ...Object.entries(isObject(schema.properties) ? schema.properties : {}).flatMap(([name, one]) =>
    isObject(one) ? [{ schema: one, path: `${path}.properties[${name}]`, as: 'property' as const, name }] : [],
  ),
  ...(isObject(schema.items)
    ? [{ schema: schema.items as StructuralSchema, path: `${path}.items`, as: 'items' as const }]
    : []),
  ...(isObject(schema.additionalProperties)
    ? [
        {
          schema: schema.additionalProperties as StructuralSchema,
          path: `${path}.additionalProperties`,
          as: 'values' as const,
        },
      ]
    : []),
]

/** The schemas under `allOf`, `anyOf`, `oneOf` and `not`. */
export const junctors = (
  schema: StructuralSchema,
  path: string,
): (Part & { readonly of: 'allOf' | 'anyOf' | 'oneOf' | 'not' })[] => [
  ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap((of) =>
    (Array.isArray(schema[of]) ? (schema[of] as unknown[]) : []).flatMap((one, index) =>
      isObject(one) ? [{ schema: one as StructuralSchema, path: `${path}.${of}[${index}]`, of }] : [],
    ),
  ),
  ...(isObject(schema.not)
    ? [{ schema: schema.not as StructuralSchema, path: `${path}.not`, of: 'not' as const }]
    : []),
]
