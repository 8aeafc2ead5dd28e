/** The durable storage of checkpoints and savepoints, and of the results of jobs that have ended. */

/** What a path holds. `stamp` orders states: whoever restores it knows everything up to then. */
export interface Snapshot {
  path: string
  kind: 'checkpoint' | 'savepoint'
  id: number
  /** position in the history of the world's states; 0 is the empty state */
  stamp: number
  jobId: string
  cluster: string
  at: number
  trigger?: string
  /** false: REST names no path of it */
  addressable?: boolean
}

export interface Storage {
  get(path: string): Snapshot | undefined
  put(snapshot: Snapshot): void
  remove(path: string): void
  list(): Snapshot[]
  /** results of ended jobs by the directory of the job result store */
  results: Map<string, Set<string>>
  /** stamps are given out here */
  nextStamp(): number
}

export const storage = (): Storage => {
  const snapshots = new Map<string, Snapshot>()
  let stamp = 0
  return {
    get: (path) => snapshots.get(path),
    put: (snapshot) => void snapshots.set(snapshot.path, snapshot),
    remove: (path) => void snapshots.delete(path),
    list: () => [...snapshots.values()],
    results: new Map(),
    nextStamp: () => ++stamp,
  }
}
