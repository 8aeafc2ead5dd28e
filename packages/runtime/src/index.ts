/** Pods as local processes, and the built-in controllers. */
export {}
