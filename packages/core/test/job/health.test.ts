import { describe, expect, test } from 'vitest'
import { nextHealth, readHealth, type HealthRecord } from '../../src/job/health.ts'
import { questionsFor } from '../../src/index.ts'
import { aSpec, look, observedIn, settled, step, type World } from '../deployment/world.ts'

const conf = new Map([
  ['kubernetes.operator.cluster.health-check.restarts.threshold', '3'],
  ['execution.checkpointing.interval', '10 s'],
  ['execution.checkpointing.timeout', '20 s'],
])
const seen = (restarts: number, checkpoints: number) => ({
  numRestarts: String(restarts),
  numberOfCompletedCheckpoints: String(checkpoints),
})
/** Looks at these moments (seconds) with these counts; the last record. */
const after = (looks: readonly [at: number, restarts: number, checkpoints: number][], over = conf) =>
  looks.reduce<HealthRecord | undefined>(
    (before, [at, restarts, checkpoints]) => nextHealth(before, seen(restarts, checkpoints), at * 1000, over),
    undefined,
  )
const error = (record: HealthRecord | undefined) => record?.healthResult.error

describe('restarts', () => {
  test('up to the threshold are fine', () =>
    expect(
      error(
        after([
          [0, 0, 0],
          [10, 3, 1],
        ]),
      ),
    ).toBeUndefined())
  test('above it within the window are not', () =>
    expect(
      error(
        after([
          [0, 0, 0],
          [10, 4, 1],
        ]),
      ),
    ).toBe('Restart count hit threshold: 4'))
  test('add up over several looks within the window', () =>
    expect(
      error(
        after([
          [0, 0, 0],
          [40, 2, 1],
          [80, 4, 2],
        ]),
      ),
    ).toContain('threshold: 4'))
  test('count by their share when the window is over', () =>
    expect(
      error(
        after([
          [0, 0, 0],
          [600, 10, 1],
        ]),
      ),
    ).toBeUndefined())
  test('count anew after the window', () =>
    expect(
      error(
        after([
          [0, 0, 0],
          [130, 3, 1],
          [200, 6, 2],
        ]),
      ),
    ).toBeUndefined())
  test('of a new JobManager count anew', () =>
    expect(
      error(
        after([
          [0, 50, 0],
          [10, 1, 1],
        ]),
      ),
    ).toBeUndefined())
  test('are counted by the old metric where there is no new one', () =>
    expect(nextHealth(undefined, { fullRestarts: '7', numberOfCompletedCheckpoints: '0' }, 0, conf)?.numRestarts).toBe(
      7,
    ))
})

describe('checkpoints', () => {
  test('may take twice the time limit', () =>
    expect(
      error(
        after([
          [0, 0, 5],
          [40, 0, 5],
        ]),
      ),
    ).toBeUndefined())
  test('that stop completing are not healthy', () =>
    expect(
      error(
        after([
          [0, 0, 5],
          [41, 0, 5],
        ]),
      ),
    ).toBe('Cluster is not able to complete checkpoints'))
  test('are judged by a longer window where one is set', () => {
    const longer = new Map([...conf, ['kubernetes.operator.cluster.health-check.checkpoint-progress.window', '2 min']])
    expect(
      error(
        after(
          [
            [0, 0, 5],
            [119, 0, 5],
          ],
          longer,
        ),
      ),
    ).toBeUndefined()
    expect(
      error(
        after(
          [
            [0, 0, 5],
            [121, 0, 5],
          ],
          longer,
        ),
      ),
    ).toBeDefined()
  })
  test('do not matter without checkpointing', () => {
    const without = new Map([...conf].filter(([key]) => !key.startsWith('execution')))
    expect(
      error(
        after(
          [
            [0, 0, 0],
            [9999, 0, 0],
          ],
          without,
        ),
      ),
    ).toBeUndefined()
  })
  test('and restarts are told together', () =>
    expect(
      error(
        after([
          [0, 0, 5],
          [41, 9, 5],
        ]),
      ),
    ).toBe('Restart count hit threshold: 9|Cluster is not able to complete checkpoints'))
})

test.each(['', 'x', 'null', '[]', '{}', '{"timeStamp":"x"}'])('a record %j counts as none', (text) =>
  expect(readHealth(text)).toBeUndefined(),
)
test('metrics that say nothing leave the record as it is', () =>
  expect(nextHealth(undefined, { numRestarts: 'NaN', numberOfCompletedCheckpoints: '' }, 0, conf)).toBeUndefined())

const world = (mode: string): World => {
  const result = settled(
    aSpec({
      job: { ...aSpec().job, upgradeMode: mode },
      flinkConfiguration: {
        ...aSpec().flinkConfiguration,
        'kubernetes.operator.cluster.health-check.enabled': 'true',
        'kubernetes.operator.cluster.health-check.restarts.threshold': '3',
      },
    }),
  )
  result.flink = { ...result.flink, metrics: { known: true, value: seen(0, 0) } }
  step(result)
  result.flink = { ...result.flink, metrics: { known: true, value: seen(9, 0) } }
  return result
}

describe('an unhealthy job', () => {
  test('is restarted, and its record begins anew', () => {
    const decision = step(world('stateless'))
    expect(decision).toMatchObject({ rule: 'unhealthy', status: { lifecycleState: 'UPGRADING' } })
    expect(decision.events).toEqual([
      expect.objectContaining({
        type: 'Warning',
        reason: 'RestartUnhealthyJob',
        message: 'Restart count hit threshold: 9',
      }),
    ])
    expect(decision.status?.clusterInfo).not.toHaveProperty('ClusterHealthInfo')
  })
  test('is left alone when its state could not be kept', () => expect(look(world('last-state')).rule).toBe('settle'))
})

test('health is asked for, and not again at once: each answer is a write that wakes us', () => {
  const result = world('stateless')
  const asks = () => questionsFor(result.resource, observedIn(result)).includes('metrics')
  delete result.flink.metrics
  expect(asks()).toBe(false)
  result.now += 60_000
  expect(asks()).toBe(true)
})

test('what a cluster may use is counted by its pods', () => {
  const world = settled()
  const pod = {
    name: 'tm',
    uid: 'tm',
    component: 'taskmanager',
    deleting: false,
    ready: true,
    waiting: undefined,
    mountFailure: undefined,
  }
  world.cluster = { ...world.cluster, pods: [pod, { ...pod, name: 'tm2' }, { ...pod, name: 'tm3', ready: false }] }
  expect(look(world).status?.clusterInfo).toMatchObject({
    'total-cpu': '3.0',
    'total-memory': String((1600 + 2 * 1728) * 2 ** 20),
  })
})
