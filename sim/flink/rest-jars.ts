/** Uploading, running and removing jars of a session cluster. */
import type { FlinkResponse } from '@drey/flink'
import { error, ok, restError, runFailed, serverError, type Behind, type Request } from './rest.ts'
import { isAtLeast } from './version.ts'

const runFields = [
  'entryClass',
  'programArgsList',
  'programArgs',
  'parallelism',
  'jobId',
  'allowNonRestoredState',
  'savepointPath',
  'restoreMode',
  'claimMode',
  'flinkConfiguration',
]

export const jars = (
  b: Behind,
  r: Request,
  words: string[],
  body: Record<string, unknown>,
): FlinkResponse | Promise<FlinkResponse | 'refused'> => {
  if (b.isApplication)
    return r.method === 'GET'
      ? error(404, `Unable to load requested file ${r.path}.`)
      : restError(400, `${r.method} request not allowed`)
  if (r.method === 'GET' && words[1] === undefined)
    return ok({
      address: 'http://localhost:8081',
      files: [...b.jars].map(([id, name]) => ({
        id,
        name,
        uploaded: b.now(),
        entry: [{ name: 'org.example.Main', description: null }],
      })),
    })
  if (r.method === 'POST' && words[1] === 'upload') {
    if (!r.upload) return restError(400, 'Exactly 1 file must be sent, received 0.')
    if (!r.upload.name.endsWith('.jar')) return restError(400, 'Only Jar files are allowed.')
    const id = `${b.newTriggerId()}_${r.upload.name}`
    b.jars.set(id, r.upload.name)
    return ok({ filename: `/tmp/flink-web-upload/${id}`, status: 'success' })
  }
  const id = decodeURIComponent(words[1] ?? '')
  const jar = b.jars.get(id)
  if (r.method === 'DELETE')
    return b.jars.delete(id) ? ok({}) : restError(400, `File ${id} does not exist in /tmp/flink-web-upload.`)
  if (r.method === 'POST' && words[2] === 'run') return run(b, r, jar, id, body)
  return error(404, `Not found: ${r.path}`)
}

const run = (b: Behind, r: Request, jar: string | undefined, id: string, body: Record<string, unknown>) => {
  const bad = restError(400, 'Request did not match expected format JarRunRequestBody.')
  if (typeof r.body === 'string') return bad
  const { jobId, claimMode, restoreMode, parallelism } = body
  const strict = !isAtLeast(b.version, '1.20')
  if (strict && Object.keys(body).some((key) => !runFields.includes(key) || key === 'claimMode')) return bad
  if (jobId !== undefined && !/^[0-9a-fA-F]{32}$/.test(String(jobId))) return bad
  const modes = ['CLAIM', 'NO_CLAIM', 'LEGACY']
  if ([claimMode, restoreMode].some((mode) => mode !== undefined && !modes.includes(String(mode)))) return bad
  if (parallelism !== undefined && typeof parallelism !== 'number') return bad
  if (jar === undefined)
    return serverError(
      `java.util.concurrent.CompletionException: org.apache.flink.runtime.rest.handler.RestHandlerException: Jar file /tmp/flink-web-upload/${id} does not exist`,
    )
  if (jar.includes('broken'))
    return serverError(
      `java.util.concurrent.CompletionException: org.apache.flink.client.program.ProgramInvocationException: Error while opening jar file '/tmp/flink-web-upload/${id}'`,
    )
  if (/not\.Exist/.test(String(body['entryClass'])))
    return serverError(
      `java.util.concurrent.CompletionException: org.apache.flink.client.program.ProgramInvocationException: The program's entry point class '${String(body['entryClass'])}' was not found in the jar file.`,
    )
  if (parallelism !== undefined && Number(parallelism) < 1)
    return runFailed(jar, 'java.lang.IllegalArgumentException: Parallelism must be at least one')
  return b.runJar({
    jar,
    jobId: jobId as string | undefined,
    savepointPath: body['savepointPath'] as string | undefined,
    parallelism: parallelism as number | undefined,
    config: (body['flinkConfiguration'] ?? {}) as Record<string, string>,
  })
}
