/** A CEL expression as a function: names, fields and types are checked once, evaluation is closures with a cost limit. */
import type { StructuralSchema } from '../structural.ts'
import { functions, methods, namespaces } from './library/index.ts'
import { compileMacro } from './macros.ts'
import { add, divide, modulo, multiply, negate, subtract } from './arithmetic.ts'
import { compare, same } from './compare.ts'
import { index, optionalIndex, select } from './access.ts'
import { spend, truth, type Compiled, type Run, type Scope } from './env.ts'
import { propertyOf } from './names.ts'
import { parse, type Node } from './parse.ts'
import { check } from './check.ts'
import { dyn, typeOfSchema, type Type } from './types.ts'
import { CelError, CostError, entryOf, isList, isMap, type Value } from './value.ts'

export interface Expression {
  readonly run: Run
  readonly type: Type
  /** variables of the resource that the expression mentions */
  readonly mentions: ReadonlySet<string>
}

/** Compiles an expression over `self` and `oldSelf`. Throws CelError with the reason when it is not valid. */
export const compileExpression = (
  text: string,
  schema: StructuralSchema,
  oldSchema: StructuralSchema | null = schema,
): Expression => {
  const mentions = new Set<string>()
  const scope: Scope = new Map([
    ['self', { slot: 0, schema }],
    ['oldSelf', { slot: 1, schema: oldSchema ?? undefined }],
  ])
  let tree: Node
  try {
    tree = parse(text)
  } catch (error) {
    throw new CelError(`Syntax error: ${(error as Error).message.split('\n')[0]}`)
  }
  const { run } = compile(tree, scope, mentions)
  const types = new Map([
    ['self', typeOfSchema(schema)],
    ['oldSelf', oldSchema === null ? dyn : typeOfSchema(oldSchema)],
  ])
  return { run, type: check(tree, types), mentions }
}

export const compile = (node: Node, scope: Scope, mentions: Set<string>): Compiled => {
  const inner = (child: Node): Compiled => compile(child, scope, mentions)
  switch (node.op) {
    case 'value': {
      const literal = literalOf(node.args)
      return { run: () => literal }
    }
    case 'id': {
      const variable = scope.get(node.args)
      if (!variable) return { run: typeOrUndeclared(node.args) }
      if (variable.slot < 2) mentions.add(node.args)
      const { slot, schema } = variable
      return { run: (env) => env.slots[slot]!, schema }
    }
    case '.':
      return select(inner(node.args[0]), node.args[1])
    case '.?':
      return { run: optionalIndex(inner(node.args[0]).run, constant(propertyOf(String(node.args[1])))) }
    case '[]':
      return index(inner(node.args[0]), inner(node.args[1]))
    case '[?]':
      return { run: optionalIndex(inner(node.args[0]).run, inner(node.args[1]).run) }
    case 'call':
      return (
        compileMacro(node, scope, mentions) ?? {
          run: call(
            node.args[0],
            functions,
            node.args[1].map((one) => inner(one).run),
          ),
        }
      )
    case 'rcall': {
      const macro = compileMacro(node, scope, mentions)
      if (macro) return macro
      const [name, receiver, args] = node.args
      const runs = args.map((one) => inner(one).run)
      if (receiver.op === 'id' && !scope.has(receiver.args) && namespaces.has(receiver.args))
        return { run: call(`${receiver.args}.${name}`, functions, runs) }
      return { run: call(name, methods, [inner(receiver).run, ...runs]) }
    }
    case 'list': {
      const items = node.args.map((one) => inner(one).run)
      return { run: (env) => spend(env, items.length) && items.map((one) => one(env)) }
    }
    case 'map': {
      const entries = node.args.map(([key, value]) => [inner(key).run, inner(value).run] as const)
      return {
        run: (env) => spend(env, entries.length) && new Map(entries.map(([key, value]) => [key(env), value(env)])),
      }
    }
    case '?:': {
      const [condition, then, otherwise] = node.args.map((one) => inner(one).run) as [Run, Run, Run]
      return { run: (env) => (truth(condition(env)) ? then(env) : otherwise(env)) }
    }
    case '&&':
      return { run: shortCircuit(inner(node.args[0]).run, inner(node.args[1]).run, false) }
    case '||':
      return { run: shortCircuit(inner(node.args[0]).run, inner(node.args[1]).run, true) }
    case '!_': {
      const operand = inner(node.args).run
      return { run: (env) => !truth(operand(env)) }
    }
    case '-_': {
      const operand = inner(node.args).run
      return { run: (env) => negate(operand(env)) }
    }
    default: {
      const operator = binary[node.op]
      if (!operator) throw new CelError(`unsupported operator '${node.op}'`)
      const [left, right] = [inner(node.args[0]).run, inner(node.args[1]).run]
      return { run: (env) => spend(env, 1) && operator(left(env), right(env)) }
    }
  }
}

const binary: Partial<Record<string, (one: Value, other: Value) => Value>> = {
  '==': same,
  '!=': (one, other) => !same(one, other),
  '<': (one, other) => compare(one, other) < 0,
  '<=': (one, other) => compare(one, other) <= 0,
  '>': (one, other) => compare(one, other) > 0,
  '>=': (one, other) => compare(one, other) >= 0,
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '%': modulo,
  in: (one, other) => {
    if (isList(other)) return other.some((item) => same(item, one))
    if (isMap(other)) return entryOf(other, one) !== undefined
    throw new CelError('no such overload')
  },
}

const constant =
  (value: Value): Run =>
  () =>
    value

const literalOf = (literal: unknown): Value =>
  // An unsigned literal compares and computes like a whole number; no schema has unsigned fields.
  typeof literal === 'object' && literal !== null && !(literal instanceof Uint8Array)
    ? BigInt(String(literal))
    : (literal as Value)

const typeNames = new Set(['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type'])
const typeOrUndeclared = (name: string): Run => {
  if (!typeNames.has(name)) throw new CelError(`undeclared reference to '${name}' (in container '')`)
  return constant(name)
}

/** An error on one side does not matter when the other side decides. */
const shortCircuit =
  (left: Run, right: Run, deciding: boolean): Run =>
  (env) => {
    let first: boolean
    try {
      first = truth(left(env))
    } catch (error) {
      if (error instanceof CostError || right(env) !== deciding) throw error
      return deciding
    }
    return first === deciding ? deciding : truth(right(env))
  }

const call = (name: string, table: Record<string, (...args: Value[]) => Value>, args: readonly Run[]): Run => {
  const own = Object.hasOwn(table, name) ? table[name] : undefined
  if (!own) throw new CelError(`undeclared reference to '${name}' (in container '')`)
  return (env) => {
    const values = args.map((one) => one(env))
    spend(env, 1 + values.reduce<number>((units, value) => units + weight(value), 0))
    return own(...values)
  }
}

// Functions look at every character or item of what they are given.
const weight = (value: Value): number =>
  typeof value === 'string' ? value.length / 10 : isList(value) ? value.length : 0
