/** Random values of a schema, for property tests: everything the schema allows, nothing it forbids. */
import { isObject, type StructuralSchema } from '@drey/schema'
import fc from 'fast-check'

export const valueOfSchema = (schema: StructuralSchema, depth = 0): fc.Arbitrary<unknown> => {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema['x-kubernetes-int-or-string'])
    return fc.oneof(fc.integer(), fc.constantFrom('1', '500m', '2Gi', 'http', ''))
  if (schema['x-kubernetes-preserve-unknown-fields']) return configuration
  switch (schema.type) {
    case 'string':
      return text
    case 'integer':
      return fc.integer()
    case 'number':
      return fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(valueOfSchema(schema.items!, depth + 1), { maxLength: 2 })
    default:
      return typeof schema.additionalProperties === 'object'
        ? fc.dictionary(key, valueOfSchema(schema.additionalProperties, depth + 1), { maxKeys: 2 })
        : objectOf(schema, depth)
  }
}

// A few fields at a time: with all of them a pod template would have thousands.
const objectOf = (schema: StructuralSchema, depth: number): fc.Arbitrary<unknown> => {
  const names = Object.keys(schema.properties ?? {})
  return fc
    .uniqueArray(fc.constantFrom(...names, '-'), { maxLength: depth < 2 ? 8 : 3 })
    .chain((chosen) =>
      fc.record(
        Object.fromEntries(
          chosen
            .filter((name) => name !== '-')
            .map((name) => [name, valueOfSchema(schema.properties![name]!, depth + 1)]),
        ),
      ),
    )
}

const key = fc.constantFrom('a', 'a.b', 'constructor', '__proto__', 'x y', 'job.autoscaler.enabled')
const text = fc.oneof(fc.constantFrom('', 'a', 'x'.repeat(80), 'é', '{{name}}'), fc.string({ maxLength: 12 }))
export const configuration: fc.Arbitrary<unknown> = fc.dictionary(
  key,
  fc.oneof(
    fc.string({ maxLength: 5 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constant({ a: { b: [1, { c: 2 }] } }),
    fc.double(),
  ),
  { maxKeys: 4 },
)

/** Any JSON value, the hostile ones included. */
export const hostile: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  '',
  'x',
  '\u0000',
  [],
  [null],
  [[]],
  {},
  { a: null },
  { constructor: 1 },
  JSON.parse('{"__proto__":{"x":1}}'),
  { toString: 'x', hasOwnProperty: 1 },
  Array.from({ length: 50 }, (_, index) => index),
  { deep: { deep: { deep: { deep: [] } } } },
]

/** A random generator of a seed; the same seed gives the same numbers everywhere. */
export const randomOf = (seed: number): ((below: number) => number) => {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** The value with one place replaced by something hostile, or a field added or taken away. */
export const mutated = (value: unknown, random: (below: number) => number): unknown => {
  if (random(4) === 0 || (!isObject(value) && !Array.isArray(value))) return hostile[random(hostile.length)]
  if (Array.isArray(value)) {
    if (value.length === 0) return [hostile[random(hostile.length)]]
    const at = random(value.length)
    return value.map((one, index) => (index === at ? mutated(one, random) : one))
  }
  const keys = Object.keys(value)
  if (keys.length === 0 || random(8) === 0) return { ...value, [`extra${random(3)}`]: hostile[random(hostile.length)] }
  const name = keys[random(keys.length)]!
  const { [name]: chosen, ...rest } = value
  return random(8) === 0 ? rest : { ...rest, [name]: mutated(chosen, random) }
}
