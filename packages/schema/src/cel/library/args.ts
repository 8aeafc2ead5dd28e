/** Reading the arguments of library functions: the right type, or `no such overload`. */
import { CelError, isCustom, isList, type Custom, type List, type Value } from '../value.ts'

export type Fn = (...args: Value[]) => Value
/** Methods of one type of receiver; the receiver is the first argument. */
export interface Methods {
  readonly on: (receiver: Value) => boolean
  readonly methods: Record<string, Fn>
}

export const noOverload = (): never => {
  throw new CelError('no such overload')
}
export const text = (value: Value | undefined): string => (typeof value === 'string' ? value : noOverload())
export const whole = (value: Value | undefined): bigint => (typeof value === 'bigint' ? value : noOverload())
export const list = (value: Value | undefined): List => (value !== undefined && isList(value) ? value : noOverload())
export const custom = (value: Value | undefined, is: Custom['is']): unknown =>
  value !== undefined && isCustom(value, is) ? value.of : noOverload()
export const isText = (value: Value): value is string => typeof value === 'string'
