/**
 * Turns what a container writes into its log. The container writes straight into a file, so it needs nobody to be alive to
 * read a pipe; while we live, we stamp each new line, and afterwards give the space of what was read back to the file
 * system. Lines written while nobody lived to stamp them get the time when they were first seen.
 *
 * Log lines have the CRI form: `<time> stdout F <text>`, `P` instead of `F` where a very long line goes on.
 */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

export interface LogOptions {
  /** the file the container writes to */
  raw: string
  /** path of the log without its ending: `…/0` gives `0.log`, then `0.1.log` … */
  base: string
  now(): number
  maxBytes?: number
  maxFiles?: number
}

export interface LogWriter {
  /** there may be something new */
  poke(): void
  /** reads to the end, an unfinished last line included, and stops */
  finish(): Promise<void>
  /** stops without waiting for more; a later writer goes on at the same place */
  close(): Promise<void>
}

const lineLimit = 16 * 1024
const chunkBytes = 256 * 1024
const punchAfter = 4 * 1024 * 1024

interface Position {
  /** bytes of the raw file that are in the log */
  offset: number
  /** the present log file, and its length when `offset` was true: what lies beyond was written by a writer that died */
  file: string
  length: number
  punched: number
}

/** Log files of one base, oldest first. */
export const logFiles = (base: string): string[] => {
  const dir = dirname(base)
  const name = basename(base)
  const parts = existsSync(dir) ? readdirSync(dir) : []
  return parts
    .flatMap((file) => {
      const number = new RegExp(`^${name}(?:\\.(\\d+))?\\.log$`).exec(file)
      return number ? [{ file: join(dir, file), number: Number(number[1] ?? 0) }] : []
    })
    .toSorted((a, b) => a.number - b.number)
    .map(({ file }) => file)
}

export const logWriter = (options: LogOptions): LogWriter => {
  const { raw, base, now, maxBytes = 10 * 1024 * 1024, maxFiles = 5 } = options
  const positionFile = `${base}.position`
  let position = readPosition(positionFile) ?? { offset: 0, file: `${base}.log`, length: 0, punched: 0 }
  if (existsSync(position.file)) truncateSync(position.file, position.length)
  let running: Promise<void> | undefined
  let again = false
  let closed = false

  const rotate = () => {
    const number = Number(/\.(\d+)\.log$/.exec(position.file.slice(base.length))?.[1] ?? 0)
    position = { ...position, file: `${base}.${number + 1}.log`, length: 0 }
    const files = logFiles(base)
    for (const old of files.slice(0, Math.max(0, files.length - maxFiles + 1))) rmSync(old, { force: true })
  }

  const copy = async (toTheEnd: boolean) => {
    const source = await open(raw, 'r').catch(() => undefined)
    if (!source) return
    const buffer = Buffer.allocUnsafe(chunkBytes)
    try {
      for (;;) {
        const { bytesRead } = await source.read(buffer, 0, chunkBytes, position.offset)
        if (bytesRead === 0) return
        const { text, used } = stamp(buffer.subarray(0, bytesRead), now(), toTheEnd && bytesRead < chunkBytes)
        if (used === 0) return
        if (position.length >= maxBytes) rotate()
        await append(position.file, position.length, text)
        position = { ...position, offset: position.offset + used, length: position.length + text.length }
        if (position.offset - position.punched > punchAfter) {
          position = { ...position, punched: position.offset }
          punch(raw, position.offset)
        }
        writePosition(positionFile, position)
      }
    } finally {
      await source.close()
    }
  }

  const poke = () => {
    if (closed) return
    if (running) {
      again = true
      return
    }
    // A disk that is full takes nothing now; what is missing stays in the raw file and is copied at the next look.
    const trying = copy(false).catch(() => {})
    running = trying.finally(() => {
      running = undefined
      if (again) {
        again = false
        poke()
      }
    })
  }

  const settle = async () => {
    while (running) await running
  }
  return {
    poke,
    async finish() {
      closed = true
      await settle()
      await copy(true).catch(() => {})
    },
    async close() {
      closed = true
      await settle()
    },
  }
}

/** All of the text behind the first `length` bytes, or none of it: part of a line may have been written when the disk was full. */
const append = async (file: string, length: number, text: Buffer): Promise<void> => {
  const target = await open(file, 'a', 0o640)
  try {
    await target.truncate(length)
    await target.appendFile(text)
  } finally {
    await target.close()
  }
}

/** Stamps whole lines; `last` also the unfinished one at the end. `used` says how many bytes went into the text. */
const stamp = (bytes: Buffer, at: number, last: boolean): { text: Buffer; used: number } => {
  const seconds = new Date(at).toISOString().slice(0, -1)
  const parts: Buffer[] = []
  let used = 0
  let line = 0
  const push = (tag: 'F' | 'P', text: Buffer) => {
    const nanoseconds = String(line++ % 1_000_000).padStart(6, '0')
    parts.push(Buffer.from(`${seconds}${nanoseconds}Z stdout ${tag} `), text, newline)
  }
  while (used < bytes.length) {
    const end = bytes.indexOf(10, used)
    const stop = end < 0 ? bytes.length : end
    if (stop - used > lineLimit) {
      push('P', bytes.subarray(used, used + lineLimit))
      used += lineLimit
    } else if (end >= 0) {
      push('F', bytes.subarray(used, stop))
      used = end + 1
    } else if (last) {
      push('F', bytes.subarray(used, stop))
      used = stop
    } else break
  }
  return { text: Buffer.concat(parts), used }
}

const newline = Buffer.from('\n')

/** Gives the blocks before `offset` back; offsets stay. Without `fallocate` the raw file merely stays long. */
const punch = (raw: string, offset: number) =>
  execFile('fallocate', ['--punch-hole', '--offset', '0', '--length', String(offset), raw], () => {})

const readPosition = (file: string): Position | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Position
  } catch {
    return undefined
  }
}

const writePosition = (file: string, position: Position) => {
  writeFileSync(`${file}.new`, JSON.stringify(position))
  renameSync(`${file}.new`, file)
}
