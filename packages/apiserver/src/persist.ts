/**
 * Durability of the store: one append-only journal of JSON lines, replayed at start, rewritten when most of it is past.
 * A write is in the file before anybody sees it, so it survives `kill -9`; it reaches the disk itself within a second.
 */
import {
  closeSync,
  constants,
  existsSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  fsyncSync,
  writeSync,
} from 'node:fs'
import { open as openFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { KubeObject } from '@drey/reconcile'
import { StorageError } from './errors.ts'
import type { Change } from './history.ts'
import { passingTextOf } from './json-text.ts'

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

export interface JournalOptions {
  /** rewrite when the file is larger than this and more than half of it is past; default 8 MiB */
  compactBytes?: number
  /** how the journal writes; tests put a full disk here */
  write?: (fd: number, bytes: Buffer) => number
}

interface Entry {
  bucket: string
  key: string
  object: KubeObject
  bytes: number
}

/** `[revision, "P" | "D", bucket, key, object]` per line; the first line is `["drey", format, revision]`. */
const format = 1
const header = (revision: number): string => `${JSON.stringify(['drey', format, revision])}\n`
const put = (revision: number, entry: StoredObject): string =>
  `[${revision},"P",${JSON.stringify(entry.bucket)},${JSON.stringify(entry.key)},${passingTextOf(entry.object)}]\n`
const removal = (revision: number, bucket: string, key: string): string =>
  `${JSON.stringify([revision, 'D', bucket, key])}\n`

/** The journal in `file`, made when it is not there. */
export const journal = (file: string, options: JournalOptions = {}): Persist => {
  const compactBytes = options.compactBytes ?? 8 << 20
  const write = options.write ?? ((fd: number, bytes: Buffer) => writeSync(fd, bytes))
  const live = new Map<string, Entry>()
  let fd = -1
  let size = 0
  let liveBytes = 0
  let revision = 0
  let dirty = false
  let syncing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  /** lines appended while a rewrite is under way */
  let tail: string[] | undefined
  let rewriting: Promise<void> | undefined
  let closed = false

  const remember = (bucket: string, key: string, object: KubeObject | undefined, bytes: number): void => {
    const id = `${bucket}\n${key}`
    liveBytes -= live.get(id)?.bytes ?? 0
    if (object) {
      live.set(id, { bucket, key, object, bytes })
      liveBytes += bytes
    } else live.delete(id)
  }

  const load: Persist['load'] = () => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    rmSync(`${file}.new`, { force: true })
    const isNew = !existsSync(file)
    fd = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600)
    const good = isNew ? 0 : replay()
    if (good < fstatSync(fd).size) ftruncateSync(fd, good)
    size = good
    if (size === 0) appendText(header(0))
    return size > 0 && (revision > 0 || live.size > 0) ? { revision, objects: live.values() } : undefined
  }

  /** Reads all whole lines; a torn last one is what a kill left behind. Returns where the good part ends. */
  const replay = (): number => {
    let good = 0
    let line = 0
    for (const { text, end, last } of linesOf(fd)) {
      line++
      let record: unknown[]
      try {
        record = JSON.parse(text) as unknown[]
      } catch (error) {
        if (last) return good
        throw new StorageError(
          `${file} is damaged at line ${line}: move it away to start empty, or cut it there to keep what is before`,
          false,
          error,
        )
      }
      if (line === 1) {
        if (record[0] !== 'drey') throw new StorageError(`${file} is no journal of this program`, false)
        if (record[1] !== format)
          throw new StorageError(`${file} has format ${String(record[1])}; this program reads ${format}`, false)
        revision = record[2] as number
      } else {
        const [at, what, bucket, key, object] = record as [number, string, string, string, KubeObject]
        revision = Math.max(revision, at)
        remember(bucket, key, what === 'P' ? object : undefined, end - good)
      }
      good = end
    }
    return good
  }

  const appendText = (text: string): number => {
    const bytes = Buffer.from(text)
    let done = 0
    try {
      while (done < bytes.length) {
        const count = write(fd, done ? bytes.subarray(done) : bytes)
        if (count <= 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
        done += count
      }
    } catch (error) {
      undo()
      throw refusal(error)
    }
    size += bytes.length
    return bytes.length
  }

  /** Nothing of a failed write may stay: the next one would continue a torn line. */
  const undo = (): void => {
    ftruncateSync(fd, size)
    closeSync(fd)
    fd = openSync(file, constants.O_WRONLY | constants.O_APPEND)
  }

  const refusal = (error: unknown): StorageError => {
    const code = (error as NodeJS.ErrnoException).code
    const full = code === 'ENOSPC' || code === 'EDQUOT'
    return new StorageError(
      full
        ? `the disk of ${dirname(file)} is full: nothing was changed; make room and try again`
        : `cannot write ${file}: ${(error as Error).message}`,
      full,
      error,
    )
  }

  const append: Persist['append'] = (change) => {
    const { bucket, key, object } = change
    const gone = change.type === 'DELETED'
    const text = gone ? removal(change.revision, bucket, key) : put(change.revision, { bucket, key, object })
    const bytes = appendText(text)
    revision = change.revision
    remember(bucket, key, gone ? undefined : object, bytes)
    tail?.push(text)
    syncSoon()
    if (size > compactBytes && size > 2 * liveBytes && !rewriting)
      rewriting = rewrite().finally(() => (rewriting = undefined))
  }

  const syncSoon = (): void => {
    dirty = true
    timer ??= setTimeout(() => {
      timer = undefined
      void sync()
    }, 1000).unref()
  }

  const sync = (): Promise<void> => {
    if (!dirty || closed) return syncing ?? Promise.resolve()
    dirty = false
    // a failing fdatasync is told by the next write
    return (syncing = new Promise<void>((resolve) => fdatasync(fd, () => resolve())).finally(
      () => (syncing = undefined),
    ))
  }

  /** Writes what lives to a new file beside, then what came meanwhile, and puts it in the place of the old one. */
  const rewrite = async (): Promise<void> => {
    const fresh = `${file}.new`
    tail = []
    try {
      const handle = await openFile(fresh, 'w', 0o600)
      try {
        let chunk = header(revision)
        for (const entry of Array.from(live.values())) {
          chunk += put(Number(entry.object.metadata.resourceVersion ?? 0), entry)
          if (chunk.length < 1 << 20) continue
          await handle.write(chunk)
          chunk = ''
        }
        await handle.write(chunk)
        await handle.sync()
      } finally {
        await handle.close()
      }
      if (closed) return
      const next = openSync(fresh, constants.O_WRONLY | constants.O_APPEND)
      for (const text of tail) writeSync(next, text)
      fsyncSync(next)
      renameSync(fresh, file)
      await syncing
      closeSync(fd)
      fd = next
      size = fstatSync(fd).size
    } catch {
      // no room for a second copy: the journal stays as it is, and the next write tries again
      rmSync(fresh, { force: true })
    } finally {
      tail = undefined
    }
  }

  return {
    load() {
      const loaded = load()
      // from here on only appends, which the kernel puts at the end whatever the position
      closeSync(fd)
      fd = openSync(file, constants.O_WRONLY | constants.O_APPEND)
      return loaded
    },
    append,
    async flushed() {
      await rewriting
      await sync()
    },
    async close() {
      if (closed || fd < 0) return
      await rewriting
      await sync()
      closed = true
      clearTimeout(timer)
      closeSync(fd)
    },
  }
}

/** A journal in a directory of the home. */
export const journalIn = (directory: string, options?: JournalOptions): Persist =>
  journal(join(directory, 'objects.jsonl'), options)

/** The lines of a file with where each ends; `last` marks one that no newline ended. */
function* linesOf(fd: number): Generator<{ text: string; end: number; last: boolean }> {
  const chunk = Buffer.alloc(4 << 20)
  let rest = Buffer.alloc(0)
  let start = 0
  let position = 0
  for (;;) {
    const count = readSync(fd, chunk, 0, chunk.length, position)
    if (count === 0) break
    position += count
    const data = rest.length ? Buffer.concat([rest, chunk.subarray(0, count)]) : Buffer.from(chunk.subarray(0, count))
    let from = 0
    for (let at = data.indexOf(10, from); at >= 0; at = data.indexOf(10, from)) {
      yield { text: data.toString('utf8', from, at), end: start + at + 1, last: false }
      from = at + 1
    }
    start += from
    rest = data.subarray(from)
  }
  if (rest.length) yield { text: `${rest.toString('utf8')} torn`, end: start + rest.length, last: true }
}
