/** Kubernetes over a transport: client, watches, caches, the cycle's ports. */
export {}
