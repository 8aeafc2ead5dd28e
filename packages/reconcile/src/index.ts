/** The shape every controller shares: facts, one decision, record, act. */
export * from './objects.ts'
export * from './transport.ts'
export * from './clock.ts'
export * from './fact.ts'
export * from './decision.ts'
export * from './queue.ts'
export * from './cycle.ts'
