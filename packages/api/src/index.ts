/** The vocabulary: the four Flink resources, options, events, problems and Flink versions, declared once. */
export {}
export * from './flink/rest-types.ts'
