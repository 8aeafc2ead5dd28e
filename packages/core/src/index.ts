/** Pure decisions: what a Flink resource needs next, and the objects it is made of. */
export {}
export * from './config/index.ts'
