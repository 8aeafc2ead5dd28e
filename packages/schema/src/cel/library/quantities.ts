/** `quantity('1Gi')` and what can be asked of it. */
import { CelError, isCustom, type Value } from '../value.ts'
import { custom, noOverload, text, type Fn, type Methods } from './args.ts'
import {
  compareQuantities,
  doubleOf,
  isWhole,
  parseQuantity,
  quantityOfInteger,
  wholeOf,
  type Quantity,
} from './quantity.ts'

const of = (quantity: Quantity): Value => ({ is: 'quantity', of: quantity })
const read = (value: Value | undefined): Quantity => custom(value, 'quantity') as Quantity
const operand = (value: Value | undefined): Quantity =>
  typeof value === 'bigint' ? quantityOfInteger(value) : read(value)

export const quantityFunctions: Record<string, Fn> = {
  quantity: (value) => {
    const parsed = parseQuantity(text(value))
    if (parsed === undefined)
      throw new CelError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
    return of(parsed)
  },
  sign: (value) => BigInt(compareQuantities(read(value), 0n)),
  isQuantity: (value) => parseQuantity(text(value)) !== undefined,
}

export const quantityMethods: Methods = {
  on: (value) => isCustom(value, 'quantity'),
  methods: {
    isInteger: (value) => isWhole(read(value)),
    asInteger: (value) => wholeOf(read(value)),
    asApproximateFloat: (value) => doubleOf(read(value)),
    add: (one, other) => of(read(one) + operand(other)),
    sub: (one, other) => of(read(one) - operand(other)),
    compareTo: (one, other) => BigInt(compareQuantities(read(one), read(other))),
    isLessThan: (one, other) => (other === undefined ? noOverload() : read(one) < read(other)),
    isGreaterThan: (one, other) => (other === undefined ? noOverload() : read(one) > read(other)),
  },
}
