/** Durability of the store. */
import type { KubeObject } from '@drey/reconcile'
import type { Change } from './history.ts'

export interface StoredObject {
  bucket: string
  key: string
  object: KubeObject
}

/** What the store asks of a disk. Synchronous: a write that returns will survive the end of this process. */
export interface Persist {
  /** everything stored so far; nothing for a new home. Called once, first. */
  load(): { revision: number; objects: Iterable<StoredObject> } | undefined
  /** makes one change durable before anybody sees it; throws `StorageError` and leaves no trace when it cannot */
  append(change: Change): void
  /** resolves when everything is on the disk itself, not only with the operating system */
  flushed(): Promise<void>
  close(): Promise<void>
}

/** The disk did not take a write. The store is as before. */
export class StorageError extends Error {
  /** the file system is full (or a quota is) */
  readonly full: boolean
  constructor(message: string, full: boolean, cause: unknown) {
    super(message, { cause })
    this.name = 'StorageError'
    this.full = full
  }
}
