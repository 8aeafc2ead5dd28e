/**
 * Fetches one file and believes it only if its checksum is right. What an interrupted attempt left is continued with a
 * Range request, in this process or in a later one.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FlinkHomeError } from '../errors.ts'
import { pause, unreachable } from './http.ts'
import type { Http } from './http.ts'
import type { meter } from './progress.ts'

export interface Checksum {
  algorithm: 'sha256' | 'sha1' | 'sha512'
  hex: string
}

export interface Download {
  url: string
  checksum: Checksum
  to: string
  progress?: ReturnType<typeof meter>
  signal?: AbortSignal
}

const ATTEMPTS = 6

/** Leaves the checked file at `to`; a file that is already there and right is kept. */
export const download = async (http: Http, file: Download): Promise<void> => {
  if ((await sizeOf(file.to)) !== undefined && (await digestOf(file.to, file.checksum)) === file.checksum.hex) return
  await mkdir(dirname(file.to), { recursive: true })
  const part = `${file.to}.part`
  let fresh = false
  for (let attempt = 1; ; attempt++) {
    try {
      await fetchRest(http, file, part)
      if ((await digestOf(part, file.checksum)) === file.checksum.hex) break
      // A part of an older upload, or a broken one: once more from the start, then it is the registry that is wrong.
      await rm(part, { force: true })
      if (fresh) throw mismatch(file)
      fresh = true
    } catch (error) {
      if (file.signal?.aborted || attempt >= ATTEMPTS || !isPassing(error)) throw readable(error, file)
      await pause(500 * 2 ** Math.min(attempt, 4), file.signal)
    }
  }
  file.progress?.finish()
  await rename(part, file.to)
}

const fetchRest = async (http: Http, file: Download, part: string): Promise<void> => {
  const already = (await sizeOf(part)) ?? 0
  const answer = await http.get(file.url, already > 0 ? { range: `bytes=${already}-` } : {}, file.signal)
  const { statusCode, headers, body } = answer
  if (statusCode === 416) return void (await body.dump())
  if (statusCode !== 200 && statusCode !== 206) {
    await body.dump()
    throw Object.assign(unreachable(file.url, new Error(`HTTP ${statusCode}`)), { final: statusCode < 500 })
  }
  const continues = statusCode === 206 && String(headers['content-range'] ?? '').startsWith(`bytes ${already}-`)
  if (statusCode === 206 && !continues) {
    await body.dump()
    await rm(part, { force: true })
    throw unreachable(file.url, new Error('the server answered another range than asked for'))
  }
  const start = continues ? already : 0
  const length = Number(headers['content-length'])
  file.progress?.begin(Number.isFinite(length) ? start + length : undefined, start)
  const out = await open(part, continues ? 'a' : 'w')
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      await out.write(chunk)
      file.progress?.add(chunk.length)
    }
  } finally {
    await out.close()
  }
}

export const digestOf = async (file: string, checksum: Pick<Checksum, 'algorithm'>): Promise<string> => {
  const hash = createHash(checksum.algorithm)
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

const sizeOf = async (file: string): Promise<number | undefined> =>
  stat(file).then(
    (found) => found.size,
    () => undefined,
  )

const isPassing = (error: unknown): boolean => {
  if ((error as { final?: boolean }).final) return false
  if (error instanceof FlinkHomeError) return error.code === 'REGISTRY_UNREACHABLE'
  return !['ENOSPC', 'EACCES', 'EROFS', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')
}

const readable = (error: unknown, file: Download): unknown => {
  // An abort is nobody's fault, and its code is a number.
  if (file.signal?.aborted) return error
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new FlinkHomeError(
      'DISK_FULL',
      `No space left for ${file.to}.`,
      'One Flink version needs about 0.6 GB and as much again while it is being added.',
      { cause: error },
    )
  if (error instanceof FlinkHomeError || code !== undefined) {
    return code?.startsWith('UND_ERR') || code === 'ECONNRESET' ? unreachable(file.url, error) : error
  }
  return unreachable(file.url, error)
}

const mismatch = (file: Download): FlinkHomeError =>
  Object.assign(
    new FlinkHomeError(
      'CHECKSUM_MISMATCH',
      `${file.url} does not have the ${file.checksum.algorithm} ${file.checksum.hex} that its registry promises.`,
      'Try again; if it stays so, the mirror or the proxy changes files.',
    ),
    { final: true },
  )
