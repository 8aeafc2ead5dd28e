/** The embedded Kubernetes API server. */
export {}
