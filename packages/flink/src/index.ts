/** The REST interface of a running Flink JobManager. */
export * from './http.ts'
export * from './facts.ts'
export * from './client.ts'
