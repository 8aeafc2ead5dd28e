/** Flink distributions from package registries, the image catalogue, and the command line of a Flink process. */
export {}
