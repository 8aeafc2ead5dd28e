/** The macros of CEL: presence, comprehensions over lists and maps (with one and with two variables), optional chaining. */
import { compile } from './compile.ts'
import { spend, truth, type Compiled, type Env, type Run, type Scope } from './env.ts'
import { hasField, propertyOf } from './names.ts'
import type { Node } from './parse.ts'
import { CelError, CostError, entryOf, isList, isMap, isOptional, keysOf, none, some, type Value } from './value.ts'
import { schemaOfKey, type StructuralSchema } from '../structural.ts'

/** The compiled macro, or undefined when the call is an ordinary one. */
export const compileMacro = (node: Node, scope: Scope, mentions: Set<string>): Compiled | undefined => {
  if (node.op === 'call')
    return node.args[0] === 'has' && node.args[1].length === 1 ? presence(node.args[1][0]!, scope, mentions) : undefined
  if (node.op !== 'rcall') return undefined
  const [name, receiver, args] = node.args
  const shape = Object.hasOwn(comprehensions, name) ? comprehensions[name] : undefined
  if (shape) {
    const names = args.slice(0, args.length === 2 || (args.length === 3 && name === 'map') ? 1 : 2).map(identifier)
    const bodies = args.slice(names.length)
    if (names.length > 0 && names.every((one) => one !== undefined) && bodies.length >= 1 && bodies.length <= 2)
      return comprehension(shape, receiver, names as string[], bodies, scope, mentions)
  }
  if ((name === 'optMap' || name === 'optFlatMap') && args.length === 2 && identifier(args[0]!) !== undefined)
    return {
      run: optionalMap(
        compile(receiver, scope, mentions).run,
        name === 'optFlatMap',
        bind([identifier(args[0]!)!], args[1]!, scope, mentions, undefined),
      ),
    }
  if ((name === 'orValue' || name === 'or') && args.length === 1) {
    const [from, fallback] = [compile(receiver, scope, mentions).run, compile(args[0]!, scope, mentions).run]
    return {
      run: (env) => {
        const value = from(env)
        if (!isOptional(value)) throw new CelError('no such overload')
        return value.value === undefined ? fallback(env) : name === 'or' ? value : value.value
      },
    }
  }
  return undefined
}

const identifier = (node: Node): string | undefined => (node.op === 'id' ? node.args : undefined)

const presence = (node: Node, scope: Scope, mentions: Set<string>): Compiled => {
  if (node.op !== '.') throw new CelError('invalid argument to has() macro')
  const operand = compile(node.args[0], scope, mentions)
  const key = propertyOf(node.args[1])
  if (operand.schema && !hasField(operand.schema, key)) throw new CelError(`undefined field '${node.args[1]}'`)
  return {
    run: (env) => {
      let value = operand.run(env)
      if (isOptional(value)) {
        if (value.value === undefined) return false
        value = value.value
      }
      if (!isMap(value)) throw new CelError('no such overload')
      return entryOf(value, key) !== undefined
    },
  }
}

type Body = (item: Value, key: Value) => Value

/** How a comprehension collects: what it does with each entry, and what it makes of the results. */
interface Shape {
  step: (results: Value[], item: Value, bodies: readonly Body[], key: Value) => void
  end: (results: Value[]) => Value
}

const collecting = (step: Shape['step']): Shape => ({ step, end: (results) => results })
const count = (step: Shape['step'], end: (results: Value[]) => Value): Shape => ({ step, end })
const counting: Shape['step'] = (results, item, [body], key) => {
  if (truth(body!(item, key))) results.push(true)
}
const transform: Shape['step'] = (results, item, bodies, key) => {
  if (bodies.length === 1 || truth(bodies[0]!(item, key))) results.push(bodies.at(-1)!(item, key))
}

const comprehensions: Record<string, Shape | 'all' | 'exists' | 'transformMap'> = {
  all: 'all',
  exists: 'exists',
  exists_one: count(counting, (results) => results.length === 1),
  existsOne: count(counting, (results) => results.length === 1),
  filter: collecting((results, item, [body], key) => {
    if (truth(body!(item, key))) results.push(item)
  }),
  map: collecting(transform),
  transformList: collecting(transform),
  transformMap: 'transformMap',
}

const comprehension = (
  shape: Shape | 'all' | 'exists' | 'transformMap',
  receiver: Node,
  names: readonly string[],
  bodies: readonly Node[],
  scope: Scope,
  mentions: Set<string>,
): Compiled => {
  const range = compile(receiver, scope, mentions)
  const runs = bodies.map((body) => bind(names, body, scope, mentions, range.schema))
  return {
    run: (env) => {
      const entries = entriesOf(range.run(env))
      spend(env, 1)
      // With one variable a list gives its items and a map its keys; with two, index or key come first.
      const evaluate = runs.map(
        (run) =>
          (item: Value, key: Value): Value =>
            spend(env, 1) && (names.length === 2 ? run(env, [key, item]) : run(env, [entries.keyed ? key : item])),
      )
      if (shape === 'all' || shape === 'exists') return quantified(entries.pairs, evaluate[0]!, shape === 'exists')
      if (shape === 'transformMap') {
        const map = new Map<Value, Value>()
        for (const [key, item] of entries.pairs)
          if (evaluate.length === 1 || truth(evaluate[0]!(item, key))) map.set(key, evaluate.at(-1)!(item, key))
        return map
      }
      const results: Value[] = []
      for (const [key, item] of entries.pairs)
        shape.step(results, entries.keyed && names.length === 1 ? key : item, evaluate, key)
      return shape.end(results)
    },
  }
}

/** `all` and `exists` absorb errors of single entries when another entry decides. */
const quantified = (
  pairs: Iterable<readonly [Value, Value]>,
  body: (item: Value, key: Value) => Value,
  deciding: boolean,
): boolean => {
  let failure: unknown
  for (const [key, item] of pairs) {
    try {
      if (truth(body(item, key)) === deciding) return deciding
    } catch (error) {
      if (error instanceof CostError) throw error
      failure ??= error
    }
  }
  if (failure !== undefined) throw failure
  return !deciding
}

const entriesOf = (value: Value): { keyed: boolean; pairs: (readonly [Value, Value])[] } => {
  if (isList(value)) return { keyed: false, pairs: value.map((item, index) => [BigInt(index), item] as const) }
  if (isMap(value)) return { keyed: true, pairs: keysOf(value).map((key) => [key, entryOf(value, key)!] as const) }
  throw new CelError('no such overload')
}

/** Compiles a body with its variables in slots of their own. */
const bind = (
  names: readonly string[],
  body: Node,
  scope: Scope,
  mentions: Set<string>,
  range: StructuralSchema | undefined,
) => {
  const first = Math.max(...[...scope.values()].map((variable) => variable.slot)) + 1
  const inner = new Map(scope)
  const item = range?.items
  const known = names.length === 1 ? [item] : [undefined, item ?? (range && schemaOfKey(range, '\u0000'))]
  for (const [offset, name] of names.entries()) inner.set(name, { slot: first + offset, schema: known[offset] })
  const { run } = compile(body, inner, mentions)
  return (env: Env, values: readonly Value[]): Value => {
    for (const [offset, value] of values.entries()) env.slots[first + offset] = value
    return run(env)
  }
}

const optionalMap =
  (from: Run, flat: boolean, body: (env: Env, values: readonly Value[]) => Value): Run =>
  (env) => {
    const value = from(env)
    if (!isOptional(value)) throw new CelError('no such overload')
    if (value.value === undefined) return none
    const mapped = body(env, [value.value])
    return flat ? mapped : some(mapped)
  }
