/** Defaulting: the API server writes a schema's defaults into the object and drops nulls that no schema allows. */
import { setOwn } from './prune.ts'
import { isObject, schemaOfKey, type JsonObject, type StructuralSchema } from './structural.ts'

/**
 * The value with defaults filled in and with nulls removed where the schema has the field, does not allow null and has no
 * default. Values the schema says nothing about keep their nulls. Untouched parts are shared with the input.
 */
export const withDefaults = <T>(schema: StructuralSchema, value: T): T => fill(schema, value) as T

const fill = (schema: StructuralSchema | undefined, value: unknown): unknown => {
  if (!schema) return value
  if (Array.isArray(value)) return fillList(schema.items, value)
  if (!isObject(value)) return value
  let copy: JsonObject | undefined
  for (const key of Object.keys(value)) {
    const own = schemaOfKey(schema, key)
    if (!own) continue
    const before = value[key]
    const after = before === null && !own.nullable ? structuredClone(own.default) : before
    if (after === undefined) delete (copy ??= { ...value })[key]
    else {
      const filled = fill(own, after)
      if (filled !== before) setOwn((copy ??= { ...value }), key, filled)
    }
  }
  for (const [key, own] of Object.entries(schema.properties ?? {}))
    if (own.default !== undefined && !Object.hasOwn(value, key))
      setOwn((copy ??= { ...value }), key, fill(own, structuredClone(own.default)))
  return copy ?? value
}

const fillList = (items: StructuralSchema | undefined, list: readonly unknown[]): readonly unknown[] => {
  if (!items) return list
  let copy: unknown[] | undefined
  for (let index = 0; index < list.length; index++) {
    const before = list[index]
    // A null in a list has no key to be dropped from: it stays and validation names it.
    const start =
      before === null && !items.nullable && items.default !== undefined ? structuredClone(items.default) : before
    const after = fill(items, start)
    if (after !== before) (copy ??= [...list])[index] = after
  }
  return copy ?? list
}
