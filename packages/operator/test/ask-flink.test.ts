/** What is asked of a JobManager, and what of its answers can be believed. */
import { expect, test } from 'vitest'
import type { FlinkClient } from '@drey/flink'
import type { Clock } from '@drey/reconcile'
import { askFlink } from '../src/ask-flink.ts'

const now = 1_000_000
const ask = (endTime: number | undefined) =>
  askFlink(
    {
      clock: { now: () => now } as Clock,
      exceptions: undefined as never,
      flink: {
        jobs: async () => [{ jobId: 'a', ...(endTime === undefined ? {} : { endTime }) }],
        checkpoints: async () => ({ counted: true }),
      } as unknown as FlinkClient,
    },
    ['jobs', 'checkpoints'],
    { base: '', timeoutMs: 1, uid: 'u', jobId: 'a', triggerId: '' } as never,
  )

test.each([
  ['of a running job', undefined, true],
  ['of a job that ended just now: the answer may come from before its last checkpoint', now - 1_000, false],
  ['of a job that ended longer ago than answers are cached', now - 4_000, true],
  ['by a JobManager whose clock is minutes ahead', now + 120_000, true],
])('checkpoints %s', async (_, endTime, known) => {
  expect((await ask(endTime)).checkpoints).toMatchObject({ known })
})
