/** What is asked of a JobManager, and what of its answers can be believed. */
import { describe, expect, test } from 'vitest'
import type { FlinkClient } from '@drey/flink'
import type { Clock } from '@drey/reconcile'
import { askFlink } from '../src/ask-flink.ts'
import { endMemory } from '../src/end-memory.ts'
import { statisticsAgeMs } from '../src/statistics-age.ts'

/** A job that runs, or has ended by its JobManager's clock, looked at again and again. */
const watching = (statisticsAgeMs = 3_000) => {
  let now = 1_000_000
  let endTime: number | undefined
  const o = {
    clock: { now: () => now } as Clock,
    exceptions: undefined as never,
    ends: endMemory(),
    flink: {
      jobs: async () => [{ jobId: 'a', ...(endTime === undefined ? {} : { endTime }) }],
      checkpoints: async () => ({ counted: true }),
    } as unknown as FlinkClient,
  }
  const about = { base: '', timeoutMs: 1, uid: 'u', jobId: 'a', triggerId: '', statisticsAgeMs }
  return {
    ends: (theirClock: number) => void (endTime = now + theirClock),
    pass: (ms: number) => void (now += ms),
    /** whether the checkpoints are told, asked together with the job or in a later round */
    look: async (keepsState = true) => {
      const together = (await askFlink(o, ['jobs', 'checkpoints'], about, { keepsState })).checkpoints
      const earlier = await askFlink(o, ['jobs'], about)
      const later = (await askFlink(o, ['checkpoints'], about, { earlier, keepsState })).checkpoints
      expect(later?.known).toBe(together?.known)
      return together?.known
    },
  }
}

describe('what is told of the checkpoints of a job', () => {
  test('counts while it runs', async () => {
    expect(await watching().look()).toBe(true)
  })

  test.each([
    ['as ours', 0],
    ['minutes ahead', 120_000],
    ['minutes behind', -120_000],
  ])('may be from before its end for as long as such answers are kept, with a clock %s', async (_, theirClock) => {
    const job = watching()
    await job.look()
    job.pass(1_000)
    job.ends(theirClock)
    expect(await job.look()).toBe(false)
    job.pass(2_900)
    expect(await job.look()).toBe(false)
    job.pass(1_000)
    expect(await job.look()).toBe(true)
  })

  test('is waited for as long as this cluster keeps it', async () => {
    const [slow, quick] = [watching(60_000), watching(100)]
    for (const job of [slow, quick]) {
      job.ends(0)
      expect(await job.look()).toBe(false)
      job.pass(4_000)
    }
    expect(await slow.look()).toBe(false)
    expect(await quick.look()).toBe(true)
  })

  test('counts at once when it ended between two looks and longer ago', async () => {
    const job = watching()
    await job.look()
    job.pass(50_000)
    job.ends(0)
    job.pass(10_000)
    expect(await job.look()).toBe(true)
  })

  test('is not waited for when nothing will be resumed from it', async () => {
    const job = watching()
    job.ends(0)
    expect(await job.look(false)).toBe(true)
  })
})

test.each([
  ['Flink says nothing: three seconds', {}, 'v1_20', 3_000],
  ['the cache of checkpoints', { 'rest.cache.checkpoint-statistics.timeout': '10 s' }, 'v1_20', 10_000],
  ['it is older than the cache of jobs', { 'web.refresh-interval': '20000' }, 'v2_0', 20_000],
  [
    'each its own',
    { 'web.refresh-interval': '20 s', 'rest.cache.checkpoint-statistics.timeout': '1s' },
    'v1_18',
    1_000,
  ],
  [
    'a Flink that has no cache of its own for them',
    { 'web.refresh-interval': '20 s', 'rest.cache.checkpoint-statistics.timeout': '1s' },
    'v1_17',
    20_000,
  ],
])('how old it may be: %s', (_, conf, version, ms) => {
  expect(statisticsAgeMs(new Map(Object.entries(conf)), version)).toBe(ms)
})
