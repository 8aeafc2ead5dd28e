/** Specs as upstream reads and records them. */
export * from './differences.ts'
export * from './layout.ts'
export * from './read.ts'
export * from './recorded.ts'
export { writeAny, writeMembers } from './write.ts'
