/** The history of the production operator in simulated worlds: what it says of whole stories, and that no crash makes it lie. */
import { historyKey, readHistory, type Operation } from '@drey/core'
import { describe, expect, test } from 'vitest'
import { crashAt, faultAt } from '../../../sim/faults.ts'
import { run, type RunOptions } from '../../../sim/run.ts'
import { wait, type Step } from '../../../sim/scenario.ts'
import { scenarios } from '../../../sim/scenarios/index.ts'
import { namespace } from '../../../sim/world.ts'

/** What the ConfigMap beside the resource says once all is quiet; undefined: there is none. */
const historyAfter = async (
  name: string,
  o: RunOptions & { conf?: Record<string, string>; object?: string } = {},
): Promise<{ operations: Operation[] | undefined; text: string; calls: number }> => {
  const story = scenarios.find((one) => one.name === name)
  if (!story) throw new Error(name)
  let text: string | undefined
  const look: Step = {
    say: 'look',
    do: ({ world }) => {
      const map = world.server.store.get('configmaps', `${namespace}/${o.object ?? 'drey-history-orders'}`) as
        { data?: Record<string, string> } | undefined
      text = map?.data?.[historyKey]
    },
  }
  const { violations, calls } = await run(
    {
      ...story,
      world: { ...story.world, ...(o.conf ? { operatorConf: { ...story.world?.operatorConf, ...o.conf } } : {}) },
      steps: [...story.steps, wait(90), look],
    },
    o,
  )
  expect(violations).toEqual([])
  return { operations: text === undefined ? undefined : readHistory(text), text: text ?? '', calls: calls.length }
}

const told = (operations: readonly Operation[] | undefined): string[] =>
  (operations ?? []).map(
    ({ what, result, state, steps }) =>
      `${what} ${result ?? 'open'}${state ? ` from ${state.replaceAll(/-[0-9a-f]{6,}-\d+/g, '')}` : ''}: ${steps.map(({ step }) => step).join(' ')}`,
  )

describe('a story leaves its operations', () => {
  const stories: [string, string[]][] = [
    [
      'three upgrades',
      [
        'deploy done from nothing: deploy start',
        'upgrade done from file:///sp/savepoint: savepoint remove deploy start',
        'upgrade done from file:///sp/savepoint: savepoint remove deploy start',
        'upgrade done from file:///sp/savepoint: savepoint remove deploy start',
      ],
    ],
    [
      'suspend, resume (last state)',
      [
        'deploy done from nothing: deploy start',
        'suspend done from HA metadata: remove',
        'resume done from HA metadata: deploy start',
      ],
    ],
    [
      'rollback (last state)',
      [
        'deploy done from nothing: deploy start',
        'upgrade rolled back from HA metadata: remove deploy',
        'rollback done from HA metadata: remove deploy start',
      ],
    ],
    [
      'JobManager Deployment deleted, background (HA)',
      ['deploy done from nothing: deploy start', 'recover done from HA metadata: deploy start'],
    ],
    [
      'restartNonce',
      [
        'deploy done from nothing: deploy start',
        'restart done from file:///sp/savepoint: savepoint remove deploy start',
      ],
    ],
    ['session cluster, upgraded', ['deploy done: deploy start', 'upgrade done: remove deploy start']],
  ]
  test.each(stories)('%s', async (name, lines) => expect(told((await historyAfter(name)).operations)).toEqual(lines))

  test('also of a session job, in its own object', async () => {
    const object = 'drey-history-clicks.flinksessionjob'
    expect(told((await historyAfter('session job, upgrade (savepoint)', { object })).operations)).toEqual([
      'deploy done from nothing: deploy start',
      'upgrade done from file:///sp/savepoint: savepoint deploy start',
    ])
  })
  test('and of its snapshots', async () => {
    expect(told((await historyAfter('snapshot resource: two failures, then it works')).operations).at(-1)).toBe(
      'savepoint done from file:///sp/savepoint: ',
    )
  })
  test('a job that comes to its end, or fails, is told though nobody asked for it', async () => {
    expect(told((await historyAfter('bounded job finishes')).operations).at(-1)).toMatch(/^finish done/)
    expect(told((await historyAfter('job fails for good')).operations).at(-1)).toMatch(/^fail failed/)
  })
})

test('switched off, there is none', async () => {
  const conf = { 'kubernetes.operator.drey.history.enabled': 'false' }
  expect((await historyAfter('three upgrades', { conf })).operations).toBeUndefined()
})

describe('whatever happens to the operator, no operation is told twice or lost', () => {
  const name = 'upgrade (savepoint)'
  const isHonest = (operations: readonly Operation[] | undefined): void => {
    expect(new Set(operations?.map(({ id }) => id)).size).toBe(operations?.length)
    const upgrades = operations?.filter(({ what }) => what === 'upgrade') ?? []
    expect(upgrades.length).toBe(1)
    expect(upgrades[0]).toMatchObject({ result: 'done', state: expect.stringContaining('savepoint') })
  }
  test('it dies at any call', async () => {
    const { calls } = await historyAfter(name)
    for (let call = 60; call < calls - 10; call += 7)
      for (const when of ['before', 'after'] as const)
        isHonest((await historyAfter(name, { faults: crashAt(call, when) })).operations)
  }, 120_000)
  test('nobody lets it write: the upgrade does not mind', async () => {
    const faults: RunOptions['faults'] = (call) =>
      call.path.includes('drey-history') || (call.method === 'POST' && call.path.endsWith('/configmaps'))
        ? { do: 'answer', status: 403, effect: false }
        : undefined
    expect((await historyAfter(name, { faults })).operations).toBeUndefined()
  })
  test('a write loses a race, or its answer', async () => {
    const first = await historyAfter(name)
    for (let call = 20; call < first.calls - 10; call += 11)
      isHonest((await historyAfter(name, { faults: faultAt(call, { do: 'lose the answer' }) })).operations)
  }, 120_000)
})
