/** Reaching into values: fields, keys, positions, and their optional forms. */
import { schemaOfKey } from '../structural.ts'
import { spend, type Compiled, type Run } from './env.ts'
import { hasField, propertyOf } from './names.ts'
import { CelError, entryOf, isList, isMap, isOptional, none, some, typeName, type List, type Value } from './value.ts'

export const select = (operand: Compiled, name: string): Compiled => {
  const key = propertyOf(name)
  const { schema } = operand
  if (schema && !hasField(schema, key)) throw new CelError(`undefined field '${name}'`)
  return { run: (env) => spend(env, 1) && fieldOf(operand.run(env), key), schema: schema && schemaOfKey(schema, key) }
}

const fieldOf = (value: Value, key: string): Value => {
  if (isOptional(value)) return value.value === undefined ? none : present(value.value, key)
  if (!isMap(value)) throw new CelError(`no such key: ${key}`)
  const own = entryOf(value, key)
  if (own === undefined) throw new CelError(`no such key: ${key}`)
  return own
}

const present = (value: Value, key: Value): Value => {
  const own = isMap(value) ? entryOf(value, key) : isList(value) ? itemOf(value, key) : undefined
  return own === undefined ? none : some(own)
}

export const index = (operand: Compiled, key: Compiled): Compiled => ({
  run: (env) => {
    spend(env, 1)
    const value = operand.run(env)
    const at = key.run(env)
    if (isOptional(value)) return value.value === undefined ? none : present(value.value, at)
    if (isList(value)) {
      const item = itemOf(value, at)
      if (item === undefined) throw new CelError(`index out of bounds: ${String(at)}`)
      return item
    }
    if (!isMap(value)) throw new CelError('no such overload')
    const own = entryOf(value, at)
    if (own === undefined) throw new CelError(`no such key: ${String(at)}`)
    return own
  },
  schema:
    operand.schema?.items ??
    (typeof operand.schema?.additionalProperties === 'object' ? operand.schema.additionalProperties : undefined),
})

const itemOf = (list: List, at: Value): Value | undefined => {
  if (typeof at !== 'bigint' && !(typeof at === 'number' && Number.isInteger(at)))
    throw new CelError(`unsupported index type '${typeName(at)}' in list`)
  return list[Number(at)]
}

export const optionalIndex =
  (operand: Run, key: Run): Run =>
  (env) => {
    spend(env, 1)
    const value = operand(env)
    const inside = isOptional(value) ? value.value : value
    return inside === undefined ? none : present(inside, key(env))
  }
