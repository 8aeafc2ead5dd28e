/** The Flink operator: wires facts, decisions and effects together. */
export * from './operator.ts'
export * from './caches.ts'
export * from './artifacts.ts'
export * from './facts/cluster-objects.ts'
export * from './journal.ts'
export * from './journal-file.ts'
