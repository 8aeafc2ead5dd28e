/**
 * What is cached, against real JobManagers that were asked all questions ten times a second while a job with a checkpoint each second
 * was submitted, ran, was saved and cancelled (`fixtures/flink-caches.jsonl`: each change of an answer, ms after the first question).
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loneJobManager } from './lone-job-manager.ts'

/** From `t` on a path was answered so. */
interface Change {
  t: number
  of: 'overview' | 'status' | 'job' | 'checkpoints' | 'details'
  says: string | number
}

const recorded = readFileSync(new URL('./fixtures/flink-caches.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Change & { flink: string; asked?: string })

const jobId = 'a0b1000000000000000000000000000a'
const stepMs = 100

const played = async (flink: string): Promise<Change[]> => {
  const world = await loneJobManager(flink, {
    'web.refresh-interval': '3 s',
    'execution.checkpointing.interval': '1 s',
  })
  await world.setTaskManagers('tm-1', 'tm-2')
  await world.ask({ method: 'POST', path: '/jars/upload', upload: { file: '', name: 'a.jar' } })
  const jar = ((await world.ask({ method: 'GET', path: '/jars' })) as { body: any }).body.files[0].id as string
  const changes: Change[] = []
  const last = new Map<string, string | number>()
  let next: number | undefined
  const ask = async (path: string) => (await world.ask({ method: 'GET', path })) as { status: number; body: any }
  const look = async (t: number) => {
    const note = (of: Change['of'], says: string | number) => {
      if (last.get(of) !== says) changes.push({ t, of, says })
      last.set(of, says)
    }
    note('overview', (await ask('/jobs/overview')).body.jobs[0]?.state ?? '')
    const status = await ask(`/jobs/${jobId}/status`)
    note('status', status.body.status ?? status.status)
    const job = await ask(`/jobs/${jobId}`)
    note('job', job.body.state ?? job.status)
    const { status: code, body } = await ask(`/jobs/${jobId}/checkpoints`)
    note('checkpoints', body.counts?.completed ?? code)
    if (t >= 15_000) {
      next ??= (body.latest.completed.id as number) + 3
      const details = await ask(`/jobs/${jobId}/checkpoints/details/${next}`)
      note('details', details.body.status ?? details.status)
    }
  }
  for (let t = 0; t <= 36_000; t += stepMs) {
    // It is submitted so late after a refusal that the refusal is still remembered when the job runs, as in the recordings.
    if (t === 3_300) void world.ask({ method: 'POST', path: `/jars/${jar}/run`, body: { jobId, parallelism: 2 } })
    if (t === 22_000)
      await world.ask({
        method: 'POST',
        path: `/jobs/${jobId}/savepoints`,
        body: { triggerId: '7e57'.padEnd(32, '0') },
      })
    if (t === 28_000) await world.ask({ method: 'PATCH', path: `/jobs/${jobId}?mode=cancel` })
    await look(t)
    await world.pass(stepMs)
  }
  return changes
}

/** What clients have to know of the caches behind these answers. */
const traits = (changes: readonly Change[]) => {
  const when = (of: Change['of'], says: Change['says']) =>
    changes.find((one) => one.of === of && one.says === says)?.t ?? Number.NaN
  const counted = changes.filter(({ of, says, t }) => of === 'checkpoints' && Number(says) < 100 && t > 9_000)
  const between = counted.slice(1).map(({ t }, index) => t - (counted[index]?.t ?? 0))
  const inSeconds = (ms: number | undefined) => Math.round((ms ?? Number.NaN) / 1_000)
  const firstCount = changes.find(({ of, says }) => of === 'checkpoints' && says === 0)?.t ?? Number.NaN
  return {
    'the list of jobs is as fresh as the status':
      Math.abs(when('overview', 'RUNNING') - when('status', 'RUNNING')) < 500,
    'seconds between two states of a job': inSeconds(when('job', 'RUNNING') - when('job', 'INITIALIZING')),
    'seconds between two statistics': inSeconds(between.sort((a, b) => a - b)[between.length >> 1]),
    'a refusal of statistics is kept': firstCount - when('overview', 'RUNNING') > 500,
    'details come with the statistics': counted.some(
      ({ t }) => Math.abs(t - when('details', 'COMPLETED')) <= 2 * stepMs,
    ),
    'the statistics are older than the end of the job': (counted.at(-1)?.t ?? 0) > when('overview', 'CANCELED'),
  }
}

describe('the model keeps answers as long as a real JobManager', () => {
  for (const flink of new Set(recorded.map((one) => one.flink)))
    test(`of Flink ${flink}`, async () => {
      expect(traits(await played(flink))).toEqual(traits(recorded.filter((one) => one.flink === flink && !one.asked)))
    })
})
