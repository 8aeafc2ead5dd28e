/**
 * What upstream left in each of its stages, taken over by the production operator: nothing that runs is restarted, what was begun is ended
 * once, and what stands in the end is what upstream would have written itself, so that it can be handed back.
 */
import { afterEach, describe, expect, test } from 'vitest'
import { lookAtRecord, recordSpec, type RecordedKind } from '@drey/core'
import type { KubeObject } from '@drey/reconcile'
import type { FlinkEvent } from '../flink/job-manager.ts'
import type { Job } from '../flink/job.ts'
import { namespace, type World } from '../world.ts'
import { leftByUpstream, recordedStages, typeOf, type Left, type Recorded } from './left-by-upstream.ts'
import { asRelease, releases } from './older-releases.ts'

/** What becomes of a stage: `nothing` that anybody would notice, or the end of what upstream had begun. */
interface Outcome {
  /** starts of jobs, each by the state that it begins with; `-` is the empty state */
  starts: readonly RegExp[]
  /** how often savepoints may be taken */
  savepoints?: number
  lifecycle: 'STABLE' | 'SUSPENDED' | 'ROLLED_BACK' | 'FAILED' | 'gone'
  /** what Flink was doing when upstream ended, which no object tells */
  underWay?(job: Job): void
}
const nothing = (lifecycle: Outcome['lifecycle'] = 'STABLE'): Outcome => ({ starts: [], lifecycle })
const once = (from: RegExp, more: Partial<Outcome> = {}): Outcome => ({ starts: [from], lifecycle: 'STABLE', ...more })

const outcomes: Record<string, Record<string, Outcome>> = {
  application: {
    'first-deploy-before': once(/^-$/),
    // Its Deployment had been created, the rest had not: it is completed, and Flink starts the job.
    'created-not-written': once(/savepoint/),
    stable: nothing(),
    // Upstream had asked for it and keeps no trigger id: the savepoint that ended the job is found, not taken again.
    'savepoint-upgrade-taking': once(/savepoint/, {
      underWay: (job) => job.stop({ state: 'in-progress' }, 'file:///sp', ''),
    }),
    'upgrading-stopped': once(/savepoint/),
    'upgrading-last-state': once(/chk-/),
    'suspended-last-state': nothing('SUSPENDED'),
    'suspended-savepoint': nothing('SUSPENDED'),
    failed: nothing('FAILED'),
    'rolled-back': nothing('ROLLED_BACK'),
  },
  standalone: {
    stable: nothing(),
    'upgrading-last-state': once(/chk-/),
    'not-stable-yet': nothing(),
  },
  // A session cluster with one job and its snapshots.
  session: {
    // Two savepoints were being taken; they are followed, not asked for again.
    stable: { ...nothing(), savepoints: 2 },
    upgrading: once(/savepoint/),
    suspended: nothing('SUSPENDED'),
    cancelling: once(/chk-/, { underWay: (job) => void job.cancel() }),
  },
}

/** Stages that are also played in the words of older releases. */
const written = ['stable', 'upgrading-stopped', 'suspended-savepoint']

let world: World | undefined
afterEach(() => world?.close())

const minutes = 60_000
const stored = ({ kind, metadata }: Recorded): Recorded | undefined => {
  const { resource, group } = typeOf(kind ?? '')
  return world!.server.store.get(`${resource}.${group}`, `${namespace}/${metadata.name}`) as Recorded | undefined
}
/** The one that has a job, or else the first. */
const subject = ({ resources }: Left): Recorded => resources.find(({ spec }) => spec['job']) ?? resources[0]!

for (const [file, expected] of Object.entries(outcomes)) {
  describe(`${file}, left by upstream`, () => {
    const stages = recordedStages(file)
    test('every recorded stage is played', () =>
      expect([...stages.keys()].sort()).toEqual(Object.keys(expected).sort()))

    const older = [...stages].filter(([stage]) => written.includes(stage))
    const rows = [
      ...[...stages].map(([stage, left]) => ({ stage, left, by: '' })),
      ...releases.flatMap((release) =>
        older.map(([stage, left]) => ({ stage, left: asRelease(release, left), by: `, as ${release} wrote it` })),
      ),
    ]
    for (const { stage, left, by } of rows) {
      const outcome = expected[stage]
      test(`${stage}${by}: ${outcome?.starts.length === 0 ? 'no job is started' : 'one job is started'}, then ${outcome?.lifecycle}`, async () => {
        const { starts, savepoints = 0, lifecycle, underWay } = outcome!
        world = await leftByUpstream(left, { snapshotResources: !by.match(/ 1\.\d /) })
        for (const jm of underWay ? world.flink.jobManagers() : []) jm.jobs.forEach((job) => underWay?.(job))
        await world.scheduler.runTo(world.scheduler.now() + 5_000)
        const { told, operator } = await takenOver(world)
        const of = <E extends FlinkEvent['event']>(event: E) =>
          told.filter((one): one is Extract<FlinkEvent, { event: E }> => one.event === event)
        const begun = of('job started').map(({ from, path }) => from?.path ?? path ?? '-')
        expect(begun).toHaveLength(starts.length)
        for (const [index, from] of starts.entries()) expect(begun[index]).toMatch(from)
        expect(of('savepoint').length).toBeLessThanOrEqual(savepoints)
        const was = subject(left)
        const now = stored(was)
        if (lifecycle === 'gone') return expect(now).toBeUndefined()
        expect(now?.status?.['lifecycleState']).toBe(lifecycle)
        expect(now?.metadata.finalizers).toEqual(was.metadata.finalizers)
        speaksAsUpstream(now!, was)
        if (starts.length === 0 && lifecycle === was.status?.['lifecycleState']) {
          expect(now?.status?.['reconciliationStatus']).toEqual(was.status['reconciliationStatus'])
          expect(operator).toEqual([])
        }
        if (lifecycle !== 'SUSPENDED') return
        const resumed = await resume(was)
        expect(resumed).toHaveLength(1)
        expect(resumed[0]).toMatch(stateOf(was))
      })
    }
  })
}

/** The operator begins and has two minutes; then all is quiet. */
const takenOver = async (w: World): Promise<{ told: FlinkEvent[]; operator: string[] }> => {
  const told: FlinkEvent[] = []
  const operator: string[] = []
  w.flink.onEvent((event) => void told.push(event))
  w.listen({
    call: ({ method, path, writes, port }) => {
      // Statuses, events and the history of snapshots touch nothing that runs.
      const isNote = /flink\.apache\.org|\/events|drey-history|\/configmaps$/.test(path)
      if (writes && port === 'kube' && !isNote) operator.push(`${method} ${path}`)
    },
  })
  w.startOperator()
  await w.scheduler.runTo(w.scheduler.now() + 3 * minutes)
  return { told, operator }
}

/** A suspended job goes on; the states that jobs begin with. */
const resume = async ({ kind, metadata }: Recorded): Promise<string[]> => {
  const begun: string[] = []
  world!.flink.onEvent(
    (event) => event.event === 'job started' && void begun.push(event.from?.path ?? event.path ?? '-'),
  )
  await world!.client.merge(
    { type: typeOf(kind ?? ''), namespace, name: metadata.name },
    { spec: { job: { state: 'running' } } },
  )
  await world!.scheduler.runTo(world!.scheduler.now() + 2 * minutes)
  return begun
}
/** What the status names as the state of a job that does not run. */
const stateOf = ({ status }: Recorded): string | RegExp => {
  const { upgradeSavepointPath, savepointInfo } = status?.['jobStatus'] ?? {}
  const path = upgradeSavepointPath ?? savepointInfo?.lastSavepoint?.location
  return path === 'KUBERNETES_OPERATOR_LAST_STATE' ? /chk-/ : path
}

/** All that upstream reads again is there, and in its own words. */
const speaksAsUpstream = (resource: Recorded, was: Recorded): void => {
  const kind = resource.kind as RecordedKind
  const { reconciliationStatus, observedGeneration, jobStatus = {} } = resource.status as Record<string, any>
  expect(observedGeneration).toBe(resource.metadata.generation)
  const { lastReconciledSpec, lastStableSpec, state } = reconciliationStatus
  const before: string[] = Object.values(was.status?.['reconciliationStatus'] ?? {})
  // What older releases wrote stays as it is while its meaning stays.
  for (const text of [lastReconciledSpec, lastStableSpec].filter((one) => one !== undefined && !before.includes(one))) {
    const look = lookAtRecord(kind, text)
    if (look.found !== 'spec') throw new Error(`cannot be read: ${text}`)
    // Upstream writes the record again in each of its rounds; another text would be another spec to it.
    expect(recordSpec(kind, look.record.spec, look.record).text).toBe(text)
    expect(Object.keys(JSON.parse(text))).toEqual(['spec', 'resource_metadata'])
    expect(Object.keys(JSON.parse(text).resource_metadata)).toEqual(['apiVersion', 'firstDeployment'])
  }
  expect(['DEPLOYED', 'ROLLED_BACK']).toContain(state)
  if (resource.status?.['lifecycleState'] === 'STABLE') expect(lastStableSpec).toBe(lastReconciledSpec)
  expect(jobStatus.savepointInfo?.triggerId ?? '').toBe('')
  // Below these its reader refuses what it does not know.
  for (const key of Object.keys(jobStatus.savepointInfo ?? {})) expect(savepointKeys).toContain(key)
  const jobManager = world!.server.store.get('deployments.apps', `${namespace}/orders`)
  if (kind === 'FlinkDeployment' && jobManager && resource.status?.['lifecycleState'] === 'STABLE')
    expect(jobManager.metadata.annotations?.['flinkdeployment.flink.apache.org/generation']).toBe(
      String(observedGeneration),
    )
}
const savepointKeys = [
  ...['lastSavepoint', 'triggerId', 'triggerTimestamp', 'triggerType', 'formatType', 'savepointHistory'],
  'lastPeriodicSavepointTimestamp',
]

test('a job that upstream’s autoscaler has scaled keeps what it set, also through an upgrade', async () => {
  const left = structuredClone(recordedStages('application').get('stable')!)
  const [resource] = left.resources as [Recorded]
  resource.spec['flinkConfiguration']['job.autoscaler.enabled'] = 'true'
  const { reconciliationStatus: record } = resource.status as Record<string, any>
  const overrides = { 'pipeline.jobvertex-parallelism-overrides': 'cbc357ccb763df2852fee8c4fc7d55f2:3' }
  const recorded = JSON.parse(record.lastReconciledSpec)
  Object.assign(recorded.spec.flinkConfiguration, { 'job.autoscaler.enabled': 'true', ...overrides })
  record.lastReconciledSpec = record.lastStableSpec = JSON.stringify(recorded).replaceAll('"cpu":1,', '"cpu":1.0,')
  world = await leftByUpstream(left, { snapshotResources: true })
  const { told, operator } = await takenOver(world)
  expect(told.filter(({ event }) => event === 'job started')).toEqual([])
  expect(operator).toEqual([])
  expect(stored(resource)?.status?.['reconciliationStatus']).toEqual(record)

  await world.client.merge(
    { type: typeOf('FlinkDeployment'), namespace, name: 'orders' },
    { spec: { image: 'flink:9' } },
  )
  await world.scheduler.runTo(world.scheduler.now() + 2 * minutes)
  expect(told.filter(({ event }) => event === 'job started')).toHaveLength(1)
  const now = stored(resource)?.status
  expect(now?.['lifecycleState']).toBe('STABLE')
  expect(JSON.parse(now?.['reconciliationStatus'].lastReconciledSpec).spec).toMatchObject({
    image: 'flink:9',
    flinkConfiguration: overrides,
  })
  const config = world.server.store.get('configmaps', `${namespace}/flink-config-orders`) as
    { data?: object } | undefined
  expect(JSON.stringify(config?.data)).toContain('cbc357ccb763df2852fee8c4fc7d55f2:3')
})

test('snapshots that upstream had asked for are followed under their own ids; those that are over are left alone', async () => {
  const left = recordedStages('session').get('stable')!
  const snapshots = left.resources.filter(({ kind }) => kind === 'FlinkStateSnapshot')
  expect(snapshots.map(({ status }) => status?.['state']).toSorted()).toEqual([
    ...['COMPLETED', 'COMPLETED', 'IN_PROGRESS', 'IN_PROGRESS'],
  ])
  world = await leftByUpstream(left, { snapshotResources: true })
  const { told } = await takenOver(world)
  for (const was of snapshots) {
    const now = stored(was)
    expect(now?.metadata.finalizers).toEqual(was.metadata.finalizers)
    if (was.status?.['state'] === 'COMPLETED') expect(now?.status).toEqual(was.status)
    else {
      const { state, triggerId, path, failures } = now?.status ?? {}
      expect({ state, triggerId, failures }).toEqual({ ...pick(was.status), state: 'COMPLETED' })
      expect(told.filter((event) => event.event === 'savepoint' && event.snapshot.path === path)).toHaveLength(1)
      expect(now?.metadata.labels).toMatchObject({ ...was.metadata.labels, 'snapshot.state': 'COMPLETED' })
    }
  }
})
const pick = ({ triggerId, failures }: Record<string, any> = {}) => ({ triggerId, failures })

test('a rollback that upstream had begun is ended with the stable spec, from the last state', async () => {
  const left = structuredClone(recordedStages('standalone').get('not-stable-yet')!)
  const [resource] = left.resources as [Recorded]
  const status = resource.status as Record<string, any>
  // As it writes it once the old cluster is gone (its HA metadata stays).
  Object.assign(status, { lifecycleState: 'ROLLING_BACK', jobManagerDeploymentStatus: 'MISSING' })
  Object.assign(status['jobStatus'], { state: 'RECONCILING', upgradeSavepointPath: 'KUBERNETES_OPERATOR_LAST_STATE' })
  status['reconciliationStatus'].state = 'ROLLING_BACK'
  left.objects = left.objects.filter(({ metadata }) => metadata.labels?.['configmap-type'] === 'high-availability')
  expect(left.objects.length).toBeGreaterThan(1)
  world = await leftByUpstream(left)
  const { told } = await takenOver(world)
  const begun = told.filter((one): one is Extract<FlinkEvent, { event: 'job started' }> => one.event === 'job started')
  expect(begun.map(({ from, jobId }) => ({ from: from?.path, jobId }))).toEqual([
    { from: expect.stringMatching(/chk-/), jobId: status['jobStatus'].jobId },
  ])
  const now = stored(resource)
  expect(now?.status).toMatchObject({ lifecycleState: 'ROLLED_BACK', jobStatus: { state: 'RUNNING' } })
  const { lastReconciledSpec, lastStableSpec } = status['reconciliationStatus']
  expect(JSON.parse(lastStableSpec).spec.image).not.toBe(JSON.parse(lastReconciledSpec).spec.image)
  const deployed = world.server.store.get('deployments.apps', `${namespace}/orders`)
  expect(JSON.stringify(deployed)).toContain(`"image":"${JSON.parse(lastStableSpec).spec.image}"`)
  expect(JSON.parse(now?.status?.['reconciliationStatus'].lastReconciledSpec).spec.image).toBe(resource.spec['image'])
})

test.each(['application', 'standalone', 'session'])('%s: a deletion that upstream had begun is ended', async (file) => {
  const left = recordedStages(file).get('stable')!
  world = await leftByUpstream(left, { snapshotResources: true })
  for (const { kind, metadata } of left.resources)
    await world.client.remove({ type: typeOf(kind ?? ''), namespace, name: metadata.name })
  // Nobody has taken the finalizers away.
  expect(stored(subject(left))?.metadata.deletionTimestamp).toBeDefined()
  await takenOver(world)
  await world.scheduler.runTo(world.scheduler.now() + 5 * minutes)
  for (const one of left.resources) expect(stored(one)).toBeUndefined()
  expect(world.flink.jobManagers()).toEqual([])
  expect(world.server.store.list('pods', namespace)).toEqual([])
})

test('a blue/green deployment is left alone, and its child is a deployment like any other', async () => {
  const left = structuredClone(recordedStages('application').get('stable')!)
  const [resource] = left.resources as [Recorded]
  const type = { ...typeOf('FlinkDeployment'), resource: 'flinkbluegreendeployments', kind: 'FlinkBlueGreenDeployment' }
  resource.metadata.labels = { 'flink/blue-green-deployment-type': 'BLUE' }
  world = await leftByUpstream(left, { snapshotResources: true })
  const parent = await world.client.create(type, {
    apiVersion: 'flink.apache.org/v1beta1',
    kind: type.kind,
    metadata: { name: 'shop-front', namespace },
    spec: { template: { spec: resource.spec } },
  } as KubeObject)
  await world.client.merge(
    { type, namespace, name: 'shop-front' },
    { status: { blueGreenState: 'ACTIVE_BLUE', jobStatus: { state: 'RUNNING' } } },
    'status',
  )
  const before = await world.client.get({ type, namespace, name: 'shop-front' })
  const { told, operator } = await takenOver(world)
  expect(await world.client.get({ type, namespace, name: 'shop-front' })).toEqual(before)
  expect(parent.metadata.uid).toBe(before.metadata.uid)
  expect(told.filter(({ event }) => event === 'job started')).toEqual([])
  expect(operator).toEqual([])
  expect(stored(resource)?.metadata.labels).toEqual(resource.metadata.labels)
})
