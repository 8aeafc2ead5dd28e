/** What compiled expressions carry along, and what they cost. */
import type { StructuralSchema } from '../structural.ts'
import { CelError, CostError, type Value } from './value.ts'

/** What an evaluation carries along. */
export interface Env {
  /** values of the variables in scope, by slot */
  readonly slots: Value[]
  /** cost units left; shared by all rules of one validation */
  readonly cost: { left: number }
}
export type Run = (env: Env) => Value
/** `schema` is known as long as the value can be traced to the resource; it lets us refuse misspelt fields early. */
export interface Compiled {
  readonly run: Run
  readonly schema?: StructuralSchema | undefined
}
/** The variables in scope. */
export type Scope = ReadonlyMap<string, { readonly slot: number; readonly schema: StructuralSchema | undefined }>

/** Takes cost units; always true, so that it can stand before the work. */
export const spend = (env: Env, units: number): true => {
  env.cost.left -= units
  if (env.cost.left < 0) throw new CostError('actual cost limit exceeded')
  return true
}

export const truth = (value: Value): boolean => {
  if (typeof value !== 'boolean') throw new CelError('no such overload')
  return value
}
