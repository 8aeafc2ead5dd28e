/** Statuses: upstream's form both ways, and what is derived rather than set. */
export * from './conditions.ts'
export * from './derive.ts'
export * from './error.ts'
export * from './wire.ts'
