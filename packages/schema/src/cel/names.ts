/** How fields of a schema are named in CEL: reserved words and odd characters are escaped, `namespace` is `__namespace__`. */
import type { StructuralSchema } from '../structural.ts'

const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)
const escapes: Record<string, string> = { __underscores__: '__', __dot__: '.', __dash__: '-', __slash__: '/' }

/** The property that a name in an expression stands for. */
export const propertyOf = (name: string): string => {
  const word = /^__([a-z]+)__$/.exec(name)?.[1]
  if (word && reserved.has(word)) return word
  return name.includes('__') ? name.replace(/__(underscores|dot|dash|slash)__/g, (escape) => escapes[escape]!) : name
}

/** Whether an expression may ask for this field: fields that the schema does not list do not exist for it. */
export const hasField = (schema: StructuralSchema, key: string): boolean =>
  (schema.properties !== undefined && Object.hasOwn(schema.properties, key)) ||
  typeof schema.additionalProperties === 'object' ||
  (schema['x-kubernetes-embedded-resource'] === true && ['apiVersion', 'kind', 'metadata'].includes(key))
