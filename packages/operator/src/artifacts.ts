/** Submits a session job: fetches its jar, uploads it, runs it under the job id that was recorded before, and tidies up. */
import { createHash } from 'node:crypto'
import { lookup } from 'node:dns'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pipeline } from 'node:stream/promises'
import type { FlinkAction } from '@drey/core'
import type { FlinkAt, FlinkClient } from '@drey/flink'
import { pause, type Clock } from '@drey/reconcile'
import { Agent, request } from 'undici'

export type RunSessionJob = (action: RunJarAction, at: FlinkAt) => Promise<void>

const tidyMs = 10_000

/** A jar as a file of this machine, and how to tidy up after it. */
export interface JarHere {
  file: string
  done(): Promise<void>
}
type RunJarAction = Extract<FlinkAction, { do: 'run-jar' }>

export interface ArtifactOptions {
  flink: FlinkClient
  clock: Clock
  /** how jars come here; default: fetched into a directory of their own */
  jar?(run: RunJarAction['run']): Promise<JarHere>
  /** where `local://` and `file:` jars of a session job's manifest lie for this process; undefined refuses them */
  localFile?(uri: string): string | undefined
  /** asked with every address that a host name has when the connection is made (W-36): true refuses it */
  refuses?(host: string, address: string): boolean
  fetchTimeoutMs?: number
  maxBytes?: number
}

export const sessionJobRunner = (o: ArtifactOptions): RunSessionJob => {
  const jar = o.jar ?? fetched(o)
  return async (action, at) => {
    const { file, done } = await jar(action.run)
    try {
      const jarId = await o.flink.uploadJar(at, file, basename(file))
      const looks = new AbortController()
      try {
        const run = o.flink.runJar(at, jarId, {
          jobId: action.job.jobId,
          ...(action.run.entryClass ? { entryClass: action.run.entryClass } : {}),
          ...(action.run.args ? { args: action.run.args } : {}),
          ...(action.run.parallelism ? { parallelism: action.run.parallelism } : {}),
          ...(action.run.savepointPath ? { savepointPath: action.run.savepointPath } : {}),
          ...(action.run.allowNonRestoredState !== undefined
            ? { allowNonRestoredState: action.run.allowNonRestoredState }
            : {}),
          modeField: action.run.modeField,
          ...(action.run.flinkConfiguration ? { flinkConfiguration: action.run.flinkConfiguration } : {}),
        })
        await Promise.race([run, isSeen(o, at, action.job.jobId, looks.signal)])
        run.catch(() => {})
      } finally {
        looks.abort()
        // Tidying up keeps nobody waiting as long as a submission may take.
        await o.flink.deleteJar({ ...at, timeoutMs: Math.min(at.timeoutMs, tidyMs) }, jarId).catch(() => {})
      }
    } finally {
      await done()
    }
  }
}

const fetched =
  (o: ArtifactOptions) =>
  async (run: RunJarAction['run']): Promise<JarHere> => {
    const dir = await mkdtemp(join(tmpdir(), 'drey-jar-'))
    const done = () => rm(dir, { recursive: true, force: true })
    try {
      return { file: await jarFile(o, run, dir), done }
    } catch (error) {
      await done()
      throw error
    }
  }

const jarFile = async (o: ArtifactOptions, run: RunJarAction['run'], dir: string): Promise<string> => {
  const uri = run.jarUri
  if (uri === null) {
    const file = join(dir, 'empty.jar')
    await writeFile(file, emptyZip)
    return file
  }
  if (/^https?:/i.test(uri)) return fetchJar(o, uri, run.headers, dir)
  const local = o.localFile?.(uri) ?? (uri.startsWith('file:') && o.localFile ? fileURLToPath(uri) : undefined)
  if (local) return local
  throw new Error(`The jar ${uri} cannot be fetched: session jobs take https (or http where it is allowed) addresses.`)
}

const fetchJar = async (
  o: ArtifactOptions,
  uri: string,
  headers: Readonly<Record<string, string>>,
  dir: string,
): Promise<string> => {
  const url = new URL(uri)
  const name = decodeURIComponent(basename(url.pathname)) || createHash('sha256').update(uri).digest('hex').slice(0, 16)
  const file = join(dir, name.replaceAll(/[^\w.-]/g, '_').replace(/(\.jar)?$/, '.jar'))
  const { refuses } = o
  const dispatcher = new Agent({
    connect: {
      // Judged at the moment of connecting: what a name meant at admission may have changed since.
      lookup: (host, _, done) =>
        lookup(host, { all: true }, (error, addresses) => {
          const bad = addresses?.find(({ address }) => refuses?.(host, address))
          if (error) return done(error, '', 4)
          if (bad) return done(new Error(`The host ${host} resolves to a restricted address.`), '', 4)
          done(null, addresses as never)
        }),
    },
  })
  const response = await request(url, {
    dispatcher,
    headers,
    headersTimeout: o.fetchTimeoutMs ?? 60_000,
    bodyTimeout: o.fetchTimeoutMs ?? 60_000,
  })
  if (response.statusCode !== 200) {
    await response.body.dump()
    await dispatcher.close()
    throw new Error(`The jar could not be fetched: ${url.origin}${url.pathname} answered HTTP ${response.statusCode}.`)
  }
  const maxBytes = o.maxBytes ?? 2 * 1024 ** 3
  let bytes = 0
  await pipeline(
    response.body,
    async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        bytes += chunk.length
        if (bytes > maxBytes) throw new Error(`The jar is larger than ${maxBytes} bytes.`)
        yield chunk
      }
    },
    createWriteStream(file),
  )
  await dispatcher.close()
  return file
}

const lookEveryMs = 5_000

/**
 * Resolves when the cluster shows the job. Flink answers a submission only when the job has started, which may take minutes, and the
 * answer may get lost: what can be seen need not be waited for.
 */
const isSeen = async (o: ArtifactOptions, at: FlinkAt, jobId: string, signal: AbortSignal): Promise<void> => {
  for (;;) {
    const aborted = await pause(o.clock, lookEveryMs, signal).then(
      () => false,
      () => true,
    )
    if (aborted) return
    const jobs = await o.flink.jobs({ ...at, timeoutMs: Math.min(at.timeoutMs, lookEveryMs) }).catch(() => [])
    if (jobs.some((job) => job.jobId === jobId)) return
  }
}

/** The end-of-central-directory record of an empty archive: what upstream uploads for a session job without a jar. */
const emptyZip = Buffer.from('504b0506000000000000000000000000000000000000', 'hex')
