/** Reads a container's log files as the API shows them: lines without their CRI prefix, chosen by time and count, followed. */
import { watch } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ContainerLog } from './target.ts'

export interface LogOptions {
  follow: boolean
  timestamps: boolean
  /** the last so many lines */
  tailLines?: number
  /** milliseconds since the epoch; earlier lines are left out */
  since?: number
  limitBytes?: number
  /** only one of the two outputs */
  stream?: 'stdout' | 'stderr'
}

const chunkSize = 64 * 1024
/** How long to trust that the file system tells about new lines. */
const lookAgainMs = 500

/** The chosen output, in pieces of at most some 64 KiB. Ends with the container when it follows, at the end otherwise. */
export async function* logBytes(log: ContainerLog, options: LogOptions, left: AbortSignal): AsyncGenerator<Buffer> {
  let budget = options.limitBytes ?? Number.POSITIVE_INFINITY
  const format = formatter(options)
  for await (const lines of rawLines(log, options, left)) {
    const text = lines.map(format).join('')
    if (!text) continue
    const bytes = Buffer.from(text)
    if (bytes.length >= budget) {
      yield bytes.subarray(0, budget)
      return
    }
    budget -= bytes.length
    yield bytes
  }
}

/** One CRI line to what people see. A partial line is shown without line feed; its continuation without a time. */
const formatter = ({ timestamps, since, stream }: LogOptions) => {
  let continues = false
  return (line: string): string => {
    const [time = '', from = '', tag = ''] = line.split(' ', 3)
    if (stream && from !== stream) return ''
    if (since !== undefined && Date.parse(time) < since) return ''
    const text = line.slice(time.length + from.length + tag.length + 3)
    const head = timestamps && !continues ? `${time} ` : ''
    continues = tag.startsWith('P')
    return head + text + (continues ? '' : '\n')
  }
}

async function* rawLines(log: ContainerLog, options: LogOptions, left: AbortSignal): AsyncGenerator<string[]> {
  const bell = bellOf(left)
  let ended = false
  void log.ended.then(() => {
    ended = true
    bell.ring()
  })
  const start = options.tailLines === undefined ? undefined : await tailStart(log.files(), options.tailLines)
  const done = new Set<string>(start?.before)
  let offset = start?.offset ?? 0

  while (!left.aborted) {
    const path = log.files().find((file) => !done.has(file))
    if (path === undefined) {
      if (!options.follow || ended) return
      await bell.wait()
      continue
    }
    const file = await open(path).catch(() => undefined)
    const unwatch = options.follow ? bell.watch(path) : undefined
    try {
      if (file) yield* fileLines(file, path, offset, { log, options, left, bell, ended: () => ended })
    } finally {
      unwatch?.()
      await file?.close()
    }
    offset = 0
    done.add(path)
  }
}

interface Following {
  log: ContainerLog
  options: LogOptions
  left: AbortSignal
  bell: Bell
  ended(): boolean
}

/** The lines of one file; while it is the last one and the log is followed, also those still to come. */
async function* fileLines(file: FileHandle, path: string, from: number, at: Following): AsyncGenerator<string[]> {
  const buffer = Buffer.alloc(chunkSize)
  let offset = from
  let tail = ''
  // The decoder keeps a character that is cut in two.
  const decoder = new TextDecoder()
  while (!at.left.aborted) {
    // Asked before the read: what was written until then is read, so a file that is over is read to its end.
    const isLast = at.log.files().at(-1) === path
    const isOver = !at.options.follow || !isLast || at.ended()
    const { bytesRead } = await file.read(buffer, 0, chunkSize, offset)
    if (bytesRead > 0) {
      offset += bytesRead
      const lines = (tail + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split('\n')
      // A line without its line feed is still being written.
      tail = lines.pop() ?? ''
      if (lines.length > 0) yield lines
      continue
    }
    if (isOver) return
    await at.bell.wait()
  }
}

interface Bell {
  ring(): void
  /** resolves when it rang since the last wait, or after a while */
  wait(): Promise<void>
  /** rings when something happens to the file or its neighbours, until told to stop */
  watch(path: string): () => void
}

const bellOf = (left: AbortSignal): Bell => {
  let rung = false
  let answer: () => void = () => {}
  const ring = () => {
    rung = true
    answer()
  }
  left.addEventListener('abort', ring, { once: true })
  return {
    ring,
    async wait() {
      if (!rung)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, lookAgainMs)
          answer = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      rung = false
    },
    watch(path) {
      const stop = new AbortController()
      try {
        watch(dirname(path), { signal: stop.signal, persistent: false }, ring).on('error', () => {})
      } catch {
        // No more watches to be had: looking again does.
      }
      return () => stop.abort()
    },
  }
}

/** Where the last `count` lines begin, found from the end backwards; `before` names the files that are not needed. */
const tailStart = async (files: readonly string[], count: number): Promise<{ before: Set<string>; offset: number }> => {
  let missing = count
  for (let index = files.length - 1; index >= 0; index--) {
    const file = await open(files[index] as string).catch(() => undefined)
    if (!file) continue
    try {
      const found = await lineFromEnd(file, missing)
      if (found.offset !== undefined) return { before: new Set(files.slice(0, index)), offset: found.offset }
      missing -= found.lines
    } finally {
      await file.close()
    }
  }
  return { before: new Set(), offset: 0 }
}

/** The offset at which the last `count` lines of a file begin, or how many lines it has if fewer. */
const lineFromEnd = async (file: FileHandle, count: number): Promise<{ offset?: number; lines: number }> => {
  const { size } = await file.stat()
  if (count === 0) return { offset: size, lines: 0 }
  const buffer = Buffer.alloc(chunkSize)
  let lines = 0
  for (let end = size; end > 0; end -= chunkSize) {
    const start = Math.max(0, end - chunkSize)
    await file.read(buffer, 0, end - start, start)
    for (let at = end - start - 1; at >= 0; at--) {
      // The file's last byte ends its last line and begins none.
      if (buffer[at] !== 10 || start + at === size - 1) continue
      if (++lines === count) return { offset: start + at + 1, lines }
    }
  }
  return size > 0 && lines + 1 === count ? { offset: 0, lines: count } : { lines: size > 0 ? lines + 1 : 0 }
}
