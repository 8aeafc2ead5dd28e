/**
 * The static check of an expression: operators and common functions applied to types that they do not take. It refuses only what is
 * certain; whatever it cannot tell is `dyn` and left to the evaluation.
 */
import { schemaOfKey } from '../structural.ts'
import { functionTypes, methodTypes, type Signature } from './signatures.ts'
import { namespaces } from './library/index.ts'
import { propertyOf } from './names.ts'
import type { Node } from './parse.ts'
import { agree, bool, dyn, int, listOf, string, typeOfSchema, typeText, type Type } from './types.ts'
import { CelError } from './value.ts'

export type Types = ReadonlyMap<string, Type>

/** The type of an expression. Throws CelError in the words of the API server. */
export const check = (node: Node, scope: Types): Type => {
  const inner = (child: Node): Type => check(child, scope)
  switch (node.op) {
    case 'value':
      return typeOfLiteral(node.args)
    case 'id':
      return scope.get(node.args) ?? dyn
    case '.':
      return field(inner(node.args[0]), String(node.args[1]))
    case '[]':
      return element(inner(node.args[0]), inner(node.args[1]))
    case '.?':
      inner(node.args[0])
      return dyn
    case '[?]':
      node.args.forEach(inner)
      return dyn
    case 'call': {
      const [name, args] = node.args
      if (name === 'has') {
        // The field itself may be absent; what it stands in may not be of a wrong type.
        args.forEach(inner)
        return bool
      }
      return applied(name, undefined, args.map(inner), functionTypes[name])
    }
    case 'rcall':
      return methodCall(node.args, scope)
    case 'list':
      return listOf(oneType(node.args.map(inner)))
    case 'map': {
      const pairs = node.args.map(([key, value]) => [inner(key), inner(value)] as const)
      return { is: 'map', key: common(pairs.map(([key]) => key)), value: common(pairs.map(([, value]) => value)) }
    }
    case '?:': {
      const [condition, then, otherwise] = node.args.map(inner) as [Type, Type, Type]
      if (!agree(condition, bool) || !agree(then, otherwise)) throw mismatch('_?_:_', [condition, then, otherwise])
      return common([then, otherwise])
    }
    case '&&':
    case '||': {
      const sides = node.args.map(inner)
      if (!sides.every((side) => agree(side, bool))) throw mismatch(`_${node.op}_`, sides)
      return bool
    }
    case '!_': {
      const operand = inner(node.args)
      if (!agree(operand, bool)) throw mismatch('!_', [operand])
      return bool
    }
    case '-_': {
      const operand = inner(node.args)
      if (!['dyn', 'int', 'double'].includes(operand.is)) throw mismatch('-_', [operand])
      return operand
    }
    default:
      return binary(node.op, inner(node.args[0] as Node), inner(node.args[1] as Node))
  }
}

const typeOfLiteral = (literal: unknown): Type => {
  if (literal === null) return { is: 'null' }
  if (literal instanceof Uint8Array) return { is: 'bytes' }
  const known: Record<string, Type> = {
    bigint: int,
    number: { is: 'double' },
    string,
    boolean: bool,
    object: { is: 'uint' },
  }
  return known[typeof literal] ?? dyn
}

const field = (operand: Type, name: string): Type => {
  if (operand.is === 'object') {
    const schema = schemaOfKey(operand.schema, propertyOf(name))
    return typeOfSchema(schema)
  }
  if (operand.is === 'map') return operand.value
  if (operand.is === 'dyn') return dyn
  throw new CelError(`type '${typeText(operand)}' does not support field selection`)
}

const element = (operand: Type, at: Type): Type => {
  if (operand.is === 'dyn' || operand.is === 'object') return dyn
  if (operand.is === 'list' && agree(at, int)) return operand.item
  if (operand.is === 'map' && agree(at, operand.key)) return operand.value
  throw mismatch('_[_]', [operand, at])
}

const NUMBERS = ['int', 'uint', 'double']
const ORDERED = [...NUMBERS, 'bool', 'string', 'bytes', 'duration', 'timestamp']

const binary = (op: string, a: Type, b: Type): Type => {
  const unknown = a.is === 'dyn' || b.is === 'dyn'
  const same = a.is === b.is
  switch (op) {
    case '==':
    case '!=':
      if (!agree(a, b)) throw mismatch(`_${op}_`, [a, b])
      return bool
    case '<':
    case '<=':
    case '>':
    case '>=':
      // Numbers of any two types have an order.
      if (!unknown && !(same && ORDERED.includes(a.is)) && !(NUMBERS.includes(a.is) && NUMBERS.includes(b.is)))
        throw mismatch(`_${op}_`, [a, b])
      return bool
    case 'in': {
      const inside = b.is === 'list' ? b.item : b.is === 'map' ? b.key : b.is === 'object' ? dyn : b
      if (!['list', 'map', 'object', 'dyn'].includes(b.is) || !agree(a, inside)) throw mismatch('@in', [a, b])
      return bool
    }
    default:
      return unknown ? dyn : computed(op, a, b)
  }
}

const computed = (op: string, a: Type, b: Type): Type => {
  const same = a.is === b.is
  const fits =
    op === '%'
      ? same && ['int', 'uint'].includes(a.is)
      : same && (NUMBERS.includes(a.is) || (op === '+' && ['string', 'bytes', 'list'].includes(a.is) && agree(a, b)))
  if (fits) return a
  const [times, spans] = [[a, b].filter(({ is }) => is === 'timestamp'), [a, b].filter(({ is }) => is === 'duration')]
  const isTimes = times.length + spans.length === 2
  if (isTimes && op === '+' && times.length < 2) return times[0] ?? a
  if (isTimes && op === '-' && (a.is === 'timestamp' || b.is === 'duration'))
    return times.length === 1 ? a : { is: 'duration' }
  throw mismatch(`_${op}_`, [a, b])
}

const methodCall = ([name, receiver, args]: readonly [string, Node, readonly Node[]], scope: Types): Type => {
  const inner = (child: Node): Type => check(child, scope)
  if (receiver.op === 'id' && !scope.has(receiver.args) && namespaces.has(receiver.args))
    return applied(`${receiver.args}.${name}`, undefined, args.map(inner), functionTypes[`${receiver.args}.${name}`])
  if (COMPREHENSIONS.has(name) && args.length >= 2 && args[0]!.op === 'id')
    return comprehension(name, receiver, args, scope)
  // What lies in an optional is known only when it is there.
  if (name === 'optMap' || name === 'optFlatMap') return dyn
  return applied(name, inner(receiver), args.map(name === 'format' ? mixed(inner) : inner), methodTypes[name])
}

/** What a text is filled with may be a list of anything. */
const mixed =
  (inner: (node: Node) => Type) =>
  (node: Node): Type => {
    if (node.op !== 'list') return inner(node)
    node.args.forEach(inner)
    return listOf(dyn)
  }

const COMPREHENSIONS = new Set([
  'all',
  'exists',
  'exists_one',
  'existsOne',
  'filter',
  'map',
  'transformList',
  'transformMap',
])

const comprehension = (name: string, receiver: Node, args: readonly Node[], scope: Types): Type => {
  const range = check(receiver, scope)
  if (!['list', 'map', 'object', 'dyn'].includes(range.is))
    throw new CelError(
      `expression of type '${typeText(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
    )
  const count = args.length === 2 || (args.length === 3 && name === 'map') ? 1 : 2
  const [key, item] =
    range.is === 'list' ? [int, range.item] : range.is === 'map' ? [range.key, range.value] : ([dyn, dyn] as const)
  const bound = count === 2 ? [key, item] : [range.is === 'map' ? key : item]
  const inside = new Map(scope)
  for (const [index, type] of bound.entries()) {
    const variable = args[index]!
    if (variable.op === 'id') inside.set(variable.args, type)
  }
  const bodies = args.slice(count).map((body) => check(body, inside))
  const asks = bodies.length === 2 || !['map', 'transformList', 'transformMap'].includes(name)
  if (asks && !agree(bodies[0]!, bool)) throw mismatch(name === 'exists' ? '_||_' : '_&&_', [bool, bodies[0]!])
  if (name === 'filter') return range.is === 'list' ? range : listOf(key)
  if (name === 'map' || name === 'transformList') return listOf(bodies.at(-1)!)
  return name === 'transformMap' ? { is: 'map', key, value: bodies.at(-1)! } : bool
}

/** A call by its signatures; one without any is not known, and may be anything. */
const applied = (
  name: string,
  receiver: Type | undefined,
  args: readonly Type[],
  signatures: readonly Signature[] | undefined,
): Type => {
  if (signatures === undefined) return dyn
  const given = receiver === undefined ? args : [receiver, ...args]
  const fitting = signatures.filter(
    ({ takes }) => takes.length === given.length && takes.every((type, index) => agree(type, given[index]!)),
  )
  if (fitting.length === 0) throw mismatch(name, args, receiver)
  return fitting.length === 1 ? fitting[0]!.gives(given) : dyn
}

/** A list literal holds values of one type. */
const oneType = (types: readonly Type[]): Type => {
  const [first, ...rest] = types
  const other = first && rest.find((type) => !agree(first, type))
  if (other) throw new CelError(`expected type '${typeText(first)}' but found '${typeText(other)}'`)
  return common(types)
}

const common = (types: readonly Type[]): Type =>
  types.length > 0 && types.every((type) => type.is === types[0]!.is && agree(type, types[0]!)) ? types[0]! : dyn

const mismatch = (name: string, args: readonly Type[], receiver?: Type): CelError => {
  const list = `(${args.map(typeText).join(', ')})`
  return new CelError(
    `found no matching overload for '${name}' applied to '${receiver ? `${typeText(receiver)}.` : ''}${list}'`,
  )
}
