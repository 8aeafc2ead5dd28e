/**
 * Nothing is lost and nothing is counted twice: a job that commits 1, 2, 3 … exactly once lives through twenty operations
 * while the whole home, operator and API server with it, is killed at random moments of them. The seed is printed;
 * DREY_E2E_SEED plays the same moments again.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flinkDeployments, flinkStateSnapshots, type FlinkDeployment, type FlinkStateSnapshot } from '@drey/api'
import { deployments } from '@drey/kube'
import type { KubeObject } from '@drey/reconcile'
import { seeded } from '../../sim/random.ts'
import { counterJob } from './counter-job/build.ts'
import { readCounts } from './counter-job/counts.ts'
import { claim, deployment, dreyOnce, processOf, startHome, stateDirs, volumes, type Home } from './home.ts'

type Deployed = FlinkDeployment & KubeObject
type Snapshot = FlinkStateSnapshot & KubeObject
const versions = (process.env['DREY_E2E_VERSIONS'] ?? '1.20,2.2').split(',')
const seed = Number(process.env['DREY_E2E_SEED'] ?? Date.now() % 1_000_000)

describe.each(versions)('Flink %s', (version) => {
  let home: Home
  const name = 'counter'
  const at = { type: flinkDeployments, namespace: 'default', name }
  const image = `counter:${version}`

  beforeAll(async () => {
    const folder = await counterJob(version)
    home = await startHome()
    for (const tag of [image, `${image}-next`])
      await home.drey('image', 'map', tag, '--flink', version, '--overlay', `${folder}:/opt/flink/usrlib`)
    await home.apply(claim('data'))
  })
  afterAll(() => home.close())

  const edit = (spec: object) => home.client.merge(at, { spec })
  const job = (fields: object, spec: object = {}) => edit({ ...spec, job: fields })
  const now = () => home.client.get<Deployed>(at)
  const podOf = async (component: string) =>
    (await home.podsOf(name)).findLast(
      ({ metadata }) => metadata.labels?.['component'] === component && !metadata.deletionTimestamp,
    )!.metadata.name
  const kill = async (component: string) => {
    process.kill(await processOf(await podOf(component)), 'SIGKILL')
  }
  const killHome = () => {
    const mark = JSON.parse(readFileSync(join(home.dir, 'home.json'), 'utf8')) as { process: { pid: number } }
    process.kill(mark.process.pid, 'SIGKILL')
    expect(dreyOnce(['up', '--detach'], home.env)).toMatchObject({ status: 0 })
  }
  const suspended = () =>
    home.until<Deployed>(
      at,
      'suspended',
      ({ status, metadata }) =>
        status?.lifecycleState === 'SUSPENDED' && status.observedGeneration === metadata.generation,
    )
  const snapshotOf = (cause: string) => async () => {
    const list = async () =>
      (await home.client.list<Snapshot>(flinkStateSnapshots, { namespace: 'default' })).items.find(
        ({ metadata, status }) => metadata.name.includes(cause) && status?.state === 'COMPLETED',
      )
    await eventually(`a completed snapshot ${cause}`, async () => Boolean(await list().catch(() => undefined)))
  }

  const counts = () => readCounts(join(home.dir, 'runtime', 'pvc', 'default', 'data', 'out'))
  /** The job runs, and commits numbers it had not committed before; all it ever committed is right. */
  const goesOn = async () => {
    await home.untilStable(name)
    const before = counts().highest
    await eventually('further counts', async () => counts().highest > before)
  }
  const isRight = () => expect(counts()).toMatchObject({ doubled: [], wrong: [] })

  const rescaled = (parallelism: number) => async () => {
    const { status } = await home.untilStable(name)
    await eventually(`parallelism ${parallelism} in place`, async () => {
      const { vertices } = await home.flink(name, `/jobs/${status?.jobStatus?.jobId}`).catch(() => ({ vertices: [] }))
      return vertices.some((vertex: any) => vertex.name.startsWith('count') && vertex.parallelism === parallelism)
    })
  }
  const override = async (parallelism: number) => {
    const { status } = await home.untilStable(name)
    const { vertices } = await home.flink(name, `/jobs/${status?.jobStatus?.jobId}`)
    const { id } = vertices.find((vertex: any) => vertex.name.startsWith('count'))
    await edit({ flinkConfiguration: { 'pipeline.jobvertex-parallelism-overrides': `${id}:${parallelism}` } })
  }
  let saved = ''

  /** What a user does, and by what it is seen to be done where "it runs and is stable" is not enough. */
  const operations: { what: string; act(): Promise<unknown>; done?(): Promise<unknown> }[] = [
    { what: 'new parallelism, by savepoint', act: () => job({ parallelism: 2 }) },
    { what: 'restart, from the last state', act: () => job({ upgradeMode: 'last-state' }, { restartNonce: 1 }) },
    {
      what: 'a savepoint by its nonce',
      act: () => job({ savepointTriggerNonce: 1 }),
      done: snapshotOf('savepoint-manual'),
    },
    { what: 'the JobManager is killed', act: () => kill('jobmanager') },
    {
      what: 'suspended with a savepoint',
      act: () => job({ state: 'suspended', upgradeMode: 'savepoint' }),
      done: suspended,
    },
    { what: 'resumed', act: () => job({ state: 'running' }) },
    { what: 'scaled down in place', act: () => override(1), done: rescaled(1) },
    { what: 'the TaskManager is killed', act: () => kill('taskmanager') },
    {
      what: 'a new image, from the last state',
      act: () => job({ upgradeMode: 'last-state' }, { image: `${image}-next` }),
    },
    {
      what: 'a version that cannot start is rolled back',
      act: () =>
        job(
          { args: ['file:///flink-data/out', '10', 'broken'] },
          {
            flinkConfiguration: {
              'kubernetes.operator.deployment.rollback.enabled': 'true',
              'kubernetes.operator.deployment.readiness.timeout': '12 s',
            },
          },
        ),
      done: () =>
        home.until<Deployed>(
          at,
          'rolled back',
          ({ status }) => status?.lifecycleState === 'ROLLED_BACK' && status.jobStatus?.state === 'RUNNING',
        ),
    },
    {
      what: 'and put right',
      act: () =>
        job(
          { args: ['file:///flink-data/out', '10'], parallelism: 1 },
          { flinkConfiguration: { 'kubernetes.operator.deployment.rollback.enabled': 'false' } },
        ),
    },
    {
      what: 'a checkpoint by its nonce',
      act: () => job({ checkpointTriggerNonce: 1 }),
      done: snapshotOf('checkpoint-manual'),
    },
    { what: 'scaled up in place', act: () => override(2), done: rescaled(2) },
    {
      what: 'five edits in a second',
      act: async () => {
        for (let nonce = 2; nonce < 7; nonce++)
          await job({ upgradeMode: nonce % 2 ? 'last-state' : 'savepoint' }, { restartNonce: nonce })
      },
    },
    { what: 'suspended in its last state', act: () => job({ state: 'suspended' }), done: suspended },
    {
      what: 'resumed with another memory',
      act: () => job({ state: 'running' }, { taskManager: { resource: { memory: '1400m' } } }),
    },
    {
      what: 'a savepoint as a resource',
      act: () =>
        home.apply({
          apiVersion: 'flink.apache.org/v1beta1',
          kind: 'FlinkStateSnapshot',
          metadata: { name: 'by-hand', namespace: 'default' },
          spec: { jobReference: { kind: 'FlinkDeployment', name }, savepoint: {} },
        }),
      done: snapshotOf('by-hand'),
    },
    {
      what: 'the Deployment of the JobManager is deleted',
      act: () => home.client.remove({ type: deployments, namespace: 'default', name }, { propagation: 'Background' }),
    },
    {
      what: 'an edit in the middle of a savepoint upgrade',
      act: async () => {
        await job({ upgradeMode: 'savepoint' }, { restartNonce: 8 })
        await home.until<Deployed>(at, 'upgrading', ({ status }) => status?.lifecycleState === 'UPGRADING')
        await edit({ restartNonce: 9 })
      },
    },
    { what: 'suspended once more', act: () => job({ state: 'suspended' }), done: suspended },
    {
      what: 'redeployed from that savepoint by its nonce',
      act: async () => {
        saved = (await now()).status?.jobStatus?.upgradeSavepointPath ?? ''
        await job({ state: 'running', savepointRedeployNonce: 1, initialSavepointPath: saved })
      },
    },
  ]

  test(
    'twenty operations and a home that is killed in the middle of them: every count once',
    { timeout: 480_000 },
    async () => {
      const chance = seeded(seed)
      console.log(`Flink ${version}: DREY_E2E_SEED=${seed}`)
      await home.apply(
        deployment(name, {
          image,
          flinkVersion: `v${version.replace('.', '_')}`,
          podTemplate: volumes('data'),
          flinkConfiguration: {
            ...stateDirs(version, '/flink-data'),
            'execution.checkpointing.interval': '1s',
            'high-availability.type': 'kubernetes',
            'jobmanager.scheduler': 'adaptive',
            'restart-strategy.type': 'fixed-delay',
            'restart-strategy.fixed-delay.attempts': '1000',
            'restart-strategy.fixed-delay.delay': '500 ms',
            'jobmanager.adaptive-scheduler.scaling-interval.min': '1s',
            'taskmanager.numberOfTaskSlots': '2',
          },
          job: {
            jarURI: 'local:///opt/flink/usrlib/counter.jar',
            args: ['file:///flink-data/out', '10'],
            parallelism: 1,
            upgradeMode: 'savepoint',
          },
        }),
      )
      await goesOn()
      // The first version lives through all of it, the others through the start of each kind of operation.
      const chosen = version === versions[0] ? operations : operations.slice(0, 8)
      for (const [index, { what, act, done }] of chosen.entries()) {
        const started = Date.now()
        const afterMs = index === 0 || chance() < 0.6 ? Math.floor(chance() ** 2 * 6000) : undefined
        const said = `${index + 1} ${what}${afterMs === undefined ? '' : `, the home killed after ${afterMs} ms`}`
        try {
          await act()
          if (afterMs !== undefined) {
            await pause(afterMs)
            killHome()
          }
          if (done) await done()
          if (done !== suspended) await (done ? running() : goesOn())
          isRight()
        } catch (error) {
          throw new Error(`${said} (seed ${seed}): ${String(error)}`, { cause: error })
        }
        console.log(`  ${said}: ${counts().committed} counts, ${Date.now() - started} ms`)
      }
      await job({ state: 'suspended' })
      await suspended()
      const { highest } = counts()
      expect(counts()).toEqual({ committed: highest, highest, doubled: [], missing: [], wrong: [] })
      await home.client.remove(at, { propagation: 'Background' })
      await home.untilGone(at)
    },
  )

  /** Runs, whatever the status says of the spec: a rolled-back job is not stable. */
  const running = async () => {
    const before = counts().highest
    await eventually('further counts', async () => counts().highest > before)
  }
})

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const eventually = async (what: string, isSo: () => Promise<boolean>, timeoutMs = 120_000): Promise<void> => {
  for (const deadline = Date.now() + timeoutMs; !(await isSo());) {
    if (Date.now() > deadline) throw new Error(`not so after ${timeoutMs / 1000} s: ${what}`)
    await pause(200)
  }
}
