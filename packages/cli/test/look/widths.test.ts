/** The same documents on terminals of two widths: ages instead of times, and nothing wider than the screen but paths. */
import { fileURLToPath } from 'node:url'
import type { Because, History, JobStatus, Plan } from '@drey/core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { becauseText } from '../../src/look/because-text.ts'
import { historyTable } from '../../src/look/history-text.ts'
import { planText } from '../../src/look/plan-text.ts'
import { statusText } from '../../src/look/status-text.ts'
import { bytes, span } from '../../src/look/words.ts'
import { serve, world, type Served } from './served.ts'

// Each of them opens a server with its keys: on a busy machine that takes a while.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const golden = (name: string) => fileURLToPath(new URL(`../golden/look/${name}`, import.meta.url))
const now = Date.UTC(2026, 0, 1, 0, 5, 0)

let cluster: Served
const json = async <T>(...words: string[]): Promise<T> =>
  JSON.parse((await cluster.drey(...words, '-o', 'json')).stdout) as T
beforeAll(async () => {
  cluster = await serve(world('corrected'))
})
afterAll(() => cluster.close())

test.each([80, 200])('%i columns', async (columns) => {
  const look = { now, columns }
  const because = await json<Because>('explain', 'orders')
  const told = [
    statusText(await json<JobStatus>('status', 'orders'), look),
    // The time of day depends on where one is.
    becauseText({ ...because, lines: because.lines.slice(0, -1) }, look).replaceAll(/^\S+/gm, 'HH:MM:SS'),
    historyTable(await json<History>('history', 'orders'), look, { steps: true }),
    planText(await json<Plan>('plan', 'orders', '--set', 'spec.job.parallelism=9'), look).replace(
      /plan \w{6}/,
      'plan ID',
    ),
  ]
  await expect(told.join('\n')).toMatchFileSnapshot(golden(`columns-${columns}.txt`))
  for (const line of told[2]!.split('\n')) expect(line.length).toBeLessThanOrEqual(columns)
})

describe('words', () => {
  test.each([
    [0, '0s'],
    [59_400, '59s'],
    [61_000, '1m 1s'],
    [600_000, '10m'],
    [3_600_000, '1h'],
    [5_400_000, '1h 30m'],
    [86_400_000 * 3 + 3_600_000 * 4, '3d 4h'],
    [-5_000, '0s'],
  ])('%i ms is %s', (ms, text) => expect(span(ms)).toBe(text))
  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [44_250_000_000, '41.2 GiB'],
  ])('%i bytes are %s', (count, text) => expect(bytes(count)).toBe(text))
})
