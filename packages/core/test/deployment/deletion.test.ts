/** Deleting is possible in every state, with every kind of left-over, in bounded time, and says what stays. */
import { describe, expect, test } from 'vitest'
import type { FlinkJobState } from '@drey/api'
import { aSpec, aWorld, edit, look, nothing, settled, step, upAndRunning, type World } from './world.ts'

const remove = (world: World): void => {
  world.resource = {
    ...world.resource,
    metadata: { ...world.resource.metadata, deletionTimestamp: new Date(world.now).toISOString() },
  }
}
const ha = {
  'high-availability.type': 'kubernetes',
  'high-availability.storageDir': 'file:///ha',
}
const haMap = {
  name: 'orders-cluster-config-map',
  uid: 'ha-1',
  resourceVersion: '7',
  keys: ['checkpointID-0000000000000000007'],
  deleting: false,
}
const specs: Readonly<Record<string, () => ReturnType<typeof aSpec>>> = {
  'native application': () => aSpec(),
  'native application with HA': () => aSpec({ flinkConfiguration: { ...aSpec().flinkConfiguration, ...ha } }),
  'standalone application': () => aSpec({ mode: 'standalone', taskManager: { ...aSpec().taskManager, replicas: 2 } }),
  'application with a final savepoint': () =>
    aSpec({
      flinkConfiguration: {
        ...aSpec().flinkConfiguration,
        'kubernetes.operator.job.savepoint-on-deletion': 'true',
      },
    }),
  'session cluster': () => {
    const { job: _, ...spec } = aSpec()
    return spec
  },
}
const stages: Readonly<Record<string, (spec: ReturnType<typeof aSpec>) => World>> = {
  new: (spec) => aWorld(spec),
  'just begun': (spec) => {
    const world = aWorld(spec)
    step(world)
    return world
  },
  settled,
  'in the middle of an upgrade': (spec) => {
    const world = settled(spec)
    edit(world, { image: 'flink:1.20.5' })
    step(world)
    return world
  },
  refused: (spec) => {
    const world = settled(spec)
    edit(world, { image: 'flink:1.20.5', flinkVersion: 'v0_1' })
    step(world)
    return world
  },
}
const jobStates: readonly FlinkJobState[] = ['CREATED', 'RUNNING', 'RESTARTING', 'CANCELLING', 'FAILED', 'CANCELED']

/** What is still there and how it answers, whatever is deleted. */
const remains: Readonly<Record<string, (world: World) => void>> = {
  'all of it': () => {},
  nothing: (world) => void ((world.cluster = nothing), (world.flink = {})),
  'a JobManager that does not answer': (world) => void (world.flink = { jobs: { known: false, why: 'no answer' } }),
  'pods that do not end': (world) => {
    world.flink = {}
    world.cluster = {
      ...nothing,
      pods: [
        {
          name: 'orders-1',
          uid: 'p',
          component: 'jobmanager',
          deleting: true,
          ready: false,
          waiting: undefined,
          mountFailure: undefined,
        },
      ],
    }
  },
  'HA metadata that stays': (world) => void ((world.flink = {}), (world.cluster = { ...nothing, ha: [haMap] })),
}

describe('a deletion ends', () => {
  for (const [kind, spec] of Object.entries(specs))
    for (const [stage, begin] of Object.entries(stages))
      test(`${kind}, ${stage}`, () => {
        for (const [what, leave] of Object.entries(remains))
          for (const state of kind === 'session cluster' ? (['RUNNING'] as const) : jobStates) {
            const world = begin(spec())
            if (stage === 'settled') upAndRunning(world, state)
            // Jobs that nobody manages hold a session cluster back until they are cancelled; an option lets it go all the same.
            if (kind === 'session cluster') world.flink = { jobs: { known: true, value: [] } }
            leave(world)
            remove(world)
            let passes = 0
            while (step(world).finalizer !== 'release') {
              world.now += 30_000
              if (++passes > 100) throw new Error(`${what}, ${state}: ${look(world).because}`)
            }
          }
      })
})

test('what stays on purpose is named', () => {
  const world = settled(aSpec({ flinkConfiguration: { ...aSpec().flinkConfiguration, ...ha } }))
  world.resource.status!.jobStatus!.upgradeSavepointPath = 'file:///sp/3'
  world.cluster = nothing
  world.flink = {}
  remove(world)
  const { finalizer, events } = look(world)
  expect(finalizer).toBe('release')
  expect(events.at(-1)).toMatchObject({
    reason: 'LeftBehind',
    message: 'Left behind on purpose: the state at file:///sp/3; files below file:///cp, file:///ha.',
  })
})

test('the final savepoint waits for a JobManager that misses a look, for a while', () => {
  const world = settled(specs['application with a final savepoint']!())
  remove(world)
  const { flink } = world
  world.flink = { jobs: { known: false, why: 'HTTP 503' } }
  expect(step(world).actions).toEqual([])
  world.flink = flink
  expect(step(world).actions).toMatchObject([{ do: 'stop-with-savepoint' }])
  const silent = settled(specs['application with a final savepoint']!())
  remove(silent)
  silent.flink = { jobs: { known: false, why: 'no answer' } }
  step(silent)
  silent.now += 60_000
  expect(step(silent).actions).toMatchObject([{ do: 'delete' }])
})
