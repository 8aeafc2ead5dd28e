/** The REST interface of a running Flink JobManager. */
export {}
