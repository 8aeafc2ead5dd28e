/** An official Flink distribution that the user gives, as a folder or as the `.tgz` it is published as. */
import { constants } from 'node:fs'
import { cp, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { createTarDecoder } from 'modern-tar'
import { FlinkHomeError } from '../errors.ts'
import { meter } from './progress.ts'
import type { OnProgress } from './progress.ts'
import { drain, unpackTarGz } from './unpack.ts'

const DIST = /(?:^|\/)lib\/flink-dist(?:_[\d.]+)?-(\d+\.\d+\.\d+)\.jar$/

/** The version is written in the name of `lib/flink-dist-V.jar`. */
export const distributionVersion = async (from: string, signal?: AbortSignal): Promise<string> => {
  const names = (await isFolder(from))
    ? (await readdir(join(from, 'lib')).catch(() => [])).map((n) => `lib/${n}`)
    : tarNames(from)
  for await (const name of names) {
    signal?.throwIfAborted()
    const version = DIST.exec(name)?.[1]
    if (version) return version
  }
  throw new FlinkHomeError(
    'NOT_A_DISTRIBUTION',
    `${from} is no Flink distribution: it has no lib/flink-dist-VERSION.jar.`,
    'Give the unpacked folder, or flink-VERSION-bin-scala_2.12.tgz as it is published.',
  )
}

/** Copies or unpacks it to `into`, unchanged. */
export const takeDistribution = async (
  from: string,
  into: string,
  { progress, signal }: { progress?: OnProgress | undefined; signal?: AbortSignal | undefined },
): Promise<void> => {
  if (await isFolder(from)) {
    await cp(from, into, { recursive: true, dereference: true, mode: constants.COPYFILE_FICLONE })
    return
  }
  const unpacking = meter('unpack', from, progress)
  unpacking.begin((await stat(from)).size)
  await unpackTarGz({
    archive: from,
    into,
    place: (path) => path.split('/').slice(1).join('/') || undefined,
    onBytes: (count) => unpacking.add(count),
    ...(signal ? { signal } : {}),
  })
  unpacking.finish()
}

const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory()
  } catch (cause) {
    throw new FlinkHomeError('NOT_A_DISTRIBUTION', `${path} cannot be read.`, 'Give a folder or a .tgz.', { cause })
  }
}

const tarNames = async function* (archive: string): AsyncGenerator<string> {
  const file = createReadStream(archive)
  const unzipped = createGunzip()
  file.on('error', (error) => unzipped.destroy(error))
  try {
    const entries = (Readable.toWeb(file.pipe(unzipped)) as ReadableStream<Uint8Array>).pipeThrough(createTarDecoder())
    for await (const entry of entries) {
      await drain(entry.body)
      yield entry.header.name
    }
  } catch (cause) {
    throw new FlinkHomeError(
      'NOT_A_DISTRIBUTION',
      `${archive} is no .tgz archive.`,
      'Give flink-VERSION-bin-scala_2.12.tgz as it is published, or a folder.',
      { cause },
    )
  } finally {
    file.destroy()
    unzipped.destroy()
  }
}
