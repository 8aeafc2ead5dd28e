/** Kubernetes over a transport: client, watches, caches, the cycle's ports. */
export * from './client.ts'
export * from './types.ts'
export * from './informer.ts'
export * from './act.ts'
export * from './ports.ts'
export * from './merge-patch.ts'
export * from './controller.ts'
