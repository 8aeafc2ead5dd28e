/** The states of a Flink job, as its REST interface and `status.jobStatus.state` name them. */

export const jobStates = [
  'CANCELED',
  'CANCELLING',
  'CREATED',
  'FAILED',
  'FAILING',
  'FINISHED',
  'INITIALIZING',
  'RECONCILING',
  'RESTARTING',
  'RUNNING',
  'SUSPENDED',
] as const

export type JobState = (typeof jobStates)[number]

/** No JobManager will ever run this job again under its id: its HA data is gone or worthless. */
export const isGloballyTerminal = (state: JobState | undefined): boolean =>
  state === 'FAILED' || state === 'CANCELED' || state === 'FINISHED'

export const isJobState = (text: unknown): text is JobState => jobStates.includes(text as JobState)
