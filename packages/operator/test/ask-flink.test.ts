/** What is asked of a JobManager, and what of its answers can be believed. */
import { expect, test } from 'vitest'
import type { FlinkClient } from '@drey/flink'
import type { Clock } from '@drey/reconcile'
import { askFlink } from '../src/ask-flink.ts'

const now = 1_000_000
const jobs = async (endTime: number | undefined) => [{ jobId: 'a', ...(endTime === undefined ? {} : { endTime }) }]
const checkpointsOf = async (endTime: number | undefined, rounds: 1 | 2) => {
  const o = {
    clock: { now: () => now } as Clock,
    exceptions: undefined as never,
    flink: { jobs: () => jobs(endTime), checkpoints: async () => ({ counted: true }) } as unknown as FlinkClient,
  }
  const about = { base: '', timeoutMs: 1, uid: 'u', jobId: 'a', triggerId: '' } as never
  if (rounds === 1) return (await askFlink(o, ['jobs', 'checkpoints'], about)).checkpoints
  return (await askFlink(o, ['checkpoints'], about, { earlier: await askFlink(o, ['jobs'], about) })).checkpoints
}

test.each([
  ['of a running job', undefined, true],
  ['of a job that ended just now: the answer may come from before its last checkpoint', now - 1_000, false],
  ['of a job that ended longer ago than answers are cached', now - 4_000, true],
  ['by a JobManager whose clock is minutes ahead', now + 120_000, true],
])('checkpoints %s', async (_, endTime, known) => {
  for (const rounds of [1, 2] as const) expect(await checkpointsOf(endTime, rounds)).toMatchObject({ known })
})
