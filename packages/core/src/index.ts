/** Pure decisions: what a Flink resource needs next, and the objects it is made of. */
export * from './config/index.ts'
export * from './cluster/index.ts'
export * from './spec/index.ts'
export * from './action.ts'
export * from './ids.ts'
export * from './deployment/index.ts'
export * from './status/index.ts'
export * from './validate/index.ts'
