/** The model behind a real port: our own client, over real HTTP, runs a job and stops it with a savepoint. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { flinkClient, undiciFlink } from '@drey/flink'
import { expect, test, vi } from 'vitest'
import { serveJobManager } from '../flink/server.ts'

test('a served JobManager takes a jar, runs it, takes a savepoint and stops', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'drey-model-'))
  const file = join(dir, 'clicks.jar')
  await writeFile(file, 'PK')
  const served = await serveJobManager({
    speed: 50,
    conf: { 'state.savepoints.dir': 'file:///sp', 'web.refresh-interval': '100' },
  })
  const { http, close } = undiciFlink()
  try {
    const flink = flinkClient(http)
    const at = { base: served.url, timeoutMs: 10_000 }
    expect((await flink.config(at)).flinkVersion).toMatch(/^1\.20/)
    const jar = await flink.uploadJar(at, file, 'clicks.jar')
    const jobId = 'a'.repeat(32)
    const run = { jobId, parallelism: 1, modeField: 'claimMode' as const }
    expect(await flink.runJar(at, jar, run)).toBe('accepted')
    expect(await flink.runJar(at, jar, run)).toBe('duplicate')
    await vi.waitFor(async () => expect((await flink.jobs(at))[0]).toMatchObject({ jobId, state: 'RUNNING' }))
    await vi.waitFor(() => expect(served.manager.jobs[0]?.tasksRun).toBe(true))
    const triggerId = 'b'.repeat(32)
    await flink.stopWithSavepoint(at, jobId, { triggerId, drain: false, format: 'CANONICAL' })
    await vi.waitFor(async () =>
      expect(await flink.savepointTrigger(at, jobId, triggerId)).toMatchObject({ state: 'completed' }),
    )
    expect(served.storage.list().map(({ kind }) => kind)).toEqual(['savepoint'])
    expect(await flink.cancel(at, jobId)).toBe('ended')
  } finally {
    await close()
    await served.close()
    await rm(dir, { recursive: true, force: true })
  }
})
