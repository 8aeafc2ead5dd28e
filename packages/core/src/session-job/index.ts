/** Decisions about FlinkSessionJobs. */
export * from './observed.ts'
export { decideSessionJob, sessionJobQuestions, sessionJobRules, type SessionJobDecision } from './decide.ts'
export { sessionJobViewOf, type SessionJobView } from './view.ts'
