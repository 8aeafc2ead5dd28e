/** What the last acts of a resource ended in, if they failed: a fact for its next pass. In memory; a restart tries once more. */
export interface FailureMemory {
  of(uid: string): { generation: number; message: string } | undefined
  failed(uid: string, generation: number, message: string): void
  forget(uid: string): void
}

export const failureMemory = (): FailureMemory => {
  const failures = new Map<string, { generation: number; message: string }>()
  return {
    of: (uid) => failures.get(uid),
    failed: (uid, generation, message) => void failures.set(uid, { generation, message }),
    forget: (uid) => void failures.delete(uid),
  }
}
