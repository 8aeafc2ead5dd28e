/** Decisions about FlinkStateSnapshots: taking, registering, following and disposing of them. */
export * from './observed.ts'
export { decideSnapshot, snapshotQuestions, snapshotRules } from './decide.ts'
export { snapshotViewOf, type SnapshotView } from './view.ts'
export { retryDelayMs } from './retry.ts'
