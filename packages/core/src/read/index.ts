/** Documents for people, from what is known: pure functions that the command line prints and other faces draw. */
export * from './cycle.ts'
export { masks, type Mask } from './mask.ts'
export * from './replay.ts'
export * from './operations.ts'
export * from './operation-events.ts'
