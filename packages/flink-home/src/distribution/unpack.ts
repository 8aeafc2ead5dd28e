/** Unpacks a `.tar.gz` file by file. Nothing outside the target can be written: `..`, absolute paths and links are refused. */
import { createReadStream } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { createTarDecoder } from 'modern-tar'
import { FlinkHomeError } from '../errors.ts'

export interface Unpack {
  archive: string
  into: string
  /** where an entry goes, relative to `into`; undefined leaves it out */
  place(path: string): string | undefined
  /** compressed bytes read */
  onBytes?(count: number): void
  signal?: AbortSignal
}

export const unpackTarGz = async ({ archive, into, place, onBytes, signal }: Unpack): Promise<void> => {
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes?.(chunk.length)
      done(null, chunk)
    },
  })
  const file = createReadStream(archive, { highWaterMark: 1 << 18 })
  const unzipped = createGunzip({ chunkSize: 1 << 18 })
  file.on('error', (error) => unzipped.destroy(error))
  file.pipe(counted).pipe(unzipped)
  const entries = (Readable.toWeb(unzipped) as ReadableStream<Uint8Array>).pipeThrough(
    createTarDecoder({ strict: true }),
  )
  const made = new Set<string>()
  try {
    for await (const entry of entries) {
      signal?.throwIfAborted()
      const { name, type, mode } = entry.header
      const target = place(refuseEscapes(name, archive))
      if (target === undefined || type === 'directory') {
        await drain(entry.body)
        continue
      }
      if (type !== undefined && type !== 'file') throw refused(archive, `${name} is a ${type}`)
      const path = join(into, refuseEscapes(target, archive))
      if (!made.has(dirname(path))) await mkdir(dirname(path), { recursive: true })
      made.add(dirname(path))
      const out = await open(path, 'w', (mode ?? 0o644) & 0o111 ? 0o755 : 0o644)
      try {
        for await (const chunk of entry.body) await out.write(chunk)
      } finally {
        await out.close()
      }
    }
  } finally {
    file.destroy()
    unzipped.destroy()
  }
}

/** An entry that is not wanted must be read all the same: cancelling it cuts off the next one (modern-tar 0.8.6). */
export const drain = async (body: ReadableStream<Uint8Array>): Promise<void> => {
  for await (const _ of body);
}

const refuseEscapes = (path: string, archive: string): string => {
  if (path.startsWith('/') || path.includes('\0') || path.split('/').includes('..'))
    throw refused(archive, `${path} leaves its folder`)
  return path
}

const refused = (archive: string, why: string): FlinkHomeError =>
  new FlinkHomeError('ARCHIVE_REFUSED', `${archive} is not unpacked: ${why}.`)
