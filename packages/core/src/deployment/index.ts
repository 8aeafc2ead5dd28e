/** Decisions about FlinkDeployments, application and session clusters. */
export * from './observed.ts'
export { decideDeployment, applicationRules, sessionRules } from './decide.ts'
export type { DeploymentDecision } from './pass.ts'
export { needsFreshJobManager, questionsFor, type Question } from './questions.ts'
export { viewOf } from './view.ts'
export { typeOf } from './steps/creations.ts'
