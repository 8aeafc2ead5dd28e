/**
 * Class-data archives: a JVM that finds its classes parsed and checked in a file starts with about half the work. An
 * archive belongs to one exact JVM, one set of jars and one kind of process; it is made once, in the background, by
 * running a small job, and lies in the Flink home (`.drey/`).
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { FlinkHome } from '../distribution/record.ts'
import type { Java } from '../java.ts'
import type { Role } from '../launch/jvm-options.ts'
import { train } from './train.ts'

export interface Archives {
  /** file name in the home's `.drey/`, undefined while there is none */
  find(home: FlinkHome, java: Java, role: Role): string | undefined
  /** Makes what is missing; resolves when done. Failing is no error: processes only start slower. */
  make(home: FlinkHome, java: Java, signal?: AbortSignal): Promise<void>
  /** The same, later and without waiting; once for each home and Java. */
  makeInBackground(home: FlinkHome, java: Java): void
  /** Ends what runs in the background. */
  close(): Promise<void>
}

/** A first job should have the machine for itself while it starts. */
const HEAD_START_MS = 20_000

export const archives = ({ headStartMs = HEAD_START_MS }: { headStartMs?: number } = {}): Archives => {
  const over = new AbortController()
  const begun = new Map<string, Promise<void>>()
  let queue: Promise<void> = Promise.resolve()

  const find: Archives['find'] = (home, java, role) => {
    if (role === 'historyserver') return undefined
    const name = archiveName(home, java, role)
    return existsSync(join(home.dir, '.drey', name)) ? name : undefined
  }

  const make: Archives['make'] = async (home, java, signal = over.signal) => {
    if (java.feature < 13 || (find(home, java, 'jobmanager') && find(home, java, 'taskmanager'))) return
    const name = (role: 'jobmanager' | 'taskmanager'): string => join(home.dir, '.drey', archiveName(home, java, role))
    await train({ home, java, jobmanager: name('jobmanager'), taskmanager: name('taskmanager'), signal })
  }

  return {
    find,
    make,
    makeInBackground(home, java) {
      const key = `${home.dir} ${java.home}`
      if (begun.has(key) || over.signal.aborted) return
      const work = (): Promise<void> => make(home, java).catch(() => undefined)
      const later = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, headStartMs)
        timer.unref()
        over.signal.addEventListener('abort', () => {
          clearTimeout(timer)
          resolve()
        })
      })
      queue = Promise.all([queue, later]).then(() => (over.signal.aborted ? undefined : work()))
      begun.set(key, queue)
    },
    async close() {
      over.abort()
      await queue
    },
  }
}

/** Java's exact version and every jar count: a JVM refuses an archive made with others. */
export const archiveName = (home: FlinkHome, java: Java, role: Role): string => {
  const lib = join(home.dir, 'lib')
  const jars = readdirSync(lib)
    .sort()
    .map((jar) => [jar, statSync(join(lib, jar)).size, statSync(join(lib, jar)).mtimeMs])
  const key = createHash('sha256')
    .update(JSON.stringify([java.home, java.version, jars]))
    .digest('hex')
    .slice(0, 16)
  return `${role}-java${java.feature}-${key}.jsa`
}
