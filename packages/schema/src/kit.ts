/**
 * Builders of schemas. A schema value *is* the JSON that goes into the CRD, and its static type comes along for free.
 *
 * Everything is optional unless said otherwise, as in upstream's CRDs. TypeBox's own `Object`, `Record`, `Union` and `Enum`
 * are not used: they emit `required`, `patternProperties`, `const` and untyped enums, which no structural schema may have.
 */
import { Type, type Static, type TUnsafe } from 'typebox'
import type { StructuralSchema } from './structural.ts'

/** A structural schema that knows the type of its values. */
export type Schema<T> = TUnsafe<T> & StructuralSchema
/** The type of the values that a schema describes. */
export type ValueOf<S> = S extends Schema<infer T> ? T : never
export type { Static }

/** Anything a schema may carry besides its type. */
export type Extras = Omit<StructuralSchema, 'type' | 'properties' | 'items' | 'enum' | 'description'>

const make = <T>(json: StructuralSchema): Schema<T> => Type.Unsafe<T>(json as object) as unknown as Schema<T>
const described = (description: string | undefined): { description?: string } => (description ? { description } : {})

export const text = (description?: string, extras: Extras = {}): Schema<string> =>
  make({ type: 'string', ...described(description), ...extras })
export const integer = (description?: string, extras: Extras = {}): Schema<number> =>
  make({ type: 'integer', ...described(description), ...extras })
export const number = (description?: string, extras: Extras = {}): Schema<number> =>
  make({ type: 'number', ...described(description), ...extras })
export const boolean = (description?: string, extras: Extras = {}): Schema<boolean> =>
  make({ type: 'boolean', ...described(description), ...extras })
export const intOrString = (description?: string, extras: Extras = {}): Schema<number | string> =>
  make({ ...described(description), 'x-kubernetes-int-or-string': true, ...extras })

/** One of several texts. The API server lists the choices in this order; upstream's CRDs have them in alphabetical order. */
export const oneOf = <const V extends readonly string[]>(
  values: V,
  description?: string,
  extras: Extras = {},
): Schema<V[number]> => make({ type: 'string', enum: values, ...described(description), ...extras })

export const listOf = <T>(items: Schema<T>, description?: string, extras: Extras = {}): Schema<T[]> =>
  make({ type: 'array', items, ...described(description), ...extras })
export const mapOf = <T>(values: Schema<T>, description?: string, extras: Extras = {}): Schema<Record<string, T>> =>
  make({ type: 'object', additionalProperties: values, ...described(description), ...extras })

export type Fields = Record<string, Schema<unknown>>
/** What an object of these fields looks like: every field may be absent. */
export type ObjectOf<F extends Fields> = { [K in keyof F]?: ValueOf<F[K]> }

export const object = <F extends Fields>(fields: F, description?: string, extras: Extras = {}): Schema<ObjectOf<F>> =>
  make({ type: 'object', ...described(description), properties: fields, ...extras })

/** Keeps whatever is written. Without a `type` the API server takes any JSON value, a text or a list included. */
export const anything = <T>(description?: string, extras: Extras = {}): Schema<T> =>
  make({ ...described(description), 'x-kubernetes-preserve-unknown-fields': true, ...extras })

/** The same schema with other words or marks; the type stays. */
export const withExtras = <S extends StructuralSchema>(schema: S, extras: Extras & { description?: string }): S =>
  make({ ...schema, ...extras }) as unknown as S
