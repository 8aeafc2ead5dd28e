/** Decisions about FlinkSessionJobs. */
export * from './observed.ts'
export { decideSessionJob, sessionJobRules } from './decide.ts'
export { sessionJobQuestions } from './questions.ts'
export type { SessionJobDecision } from './pass.ts'
export { clusterConfOf, sessionJobViewOf, type SessionJobView } from './view.ts'
