/**
 * A resource that upstream left in any of its stages: what Drey does next, and that it begins nothing anew. The recorded specs are
 * written as upstream writes them: every member, null included, in the order of its classes.
 */
import { describe, expect, test } from 'vitest'
import type { FlinkDeployment, FlinkDeploymentSpec } from '@drey/api'
import { aSpec, aWorld, look, nothing, step, upAndRunning, type World } from './world.ts'

const jobId = '00000000000000000000000000000abc'
const ha = {
  ...aSpec().flinkConfiguration,
  'high-availability.storageDir': 'file:///ha',
  'high-availability.type': 'kubernetes',
}
const wanted = (job: object = {}, more: object = {}): FlinkDeploymentSpec =>
  aSpec({
    flinkConfiguration: ha,
    job: { jarURI: 'local:///opt/job.jar', parallelism: 2, upgradeMode: 'savepoint', ...job },
    ...more,
  })

/** The text upstream would store for a spec. */
const recorded = (spec: FlinkDeploymentSpec, job: object = {}, firstDeployment = false): string => {
  const component = (resource: { cpu?: number; memory?: string } | undefined, replicas: number | null) => ({
    resource: { cpu: 1.5, memory: resource?.memory, ephemeralStorage: null },
    resources: null,
    replicas,
    podTemplate: null,
  })
  const text = JSON.stringify({
    spec: {
      job: {
        ...{
          jarURI: spec.job?.jarURI,
          parallelism: spec.job?.parallelism,
          entryClass: null,
          args: [],
          state: 'running',
        },
        ...{
          savepointTriggerNonce: spec.job?.savepointTriggerNonce ?? null,
          initialSavepointPath: null,
          checkpointTriggerNonce: null,
        },
        ...{
          upgradeMode: 'stateless',
          allowNonRestoredState: null,
          savepointRedeployNonce: null,
          autoscalerResetNonce: null,
        },
        ...job,
      },
      ...{ restartNonce: spec.restartNonce ?? null, flinkConfiguration: spec.flinkConfiguration, image: spec.image },
      ...{ imagePullPolicy: null, serviceAccount: 'flink', flinkVersion: 'v1_20', ingress: null, podTemplate: null },
      jobManager: component(spec.jobManager?.resource, 1),
      taskManager: component(spec.taskManager?.resource, null),
      ...{ logConfiguration: null, mode: null },
    },
    resource_metadata: { apiVersion: 'flink.apache.org/v1beta1', firstDeployment },
  })
  // Java prints a double with its point.
  return text.replaceAll('"cpu":1.5', '"cpu":1.0')
}

interface Left {
  spec?: FlinkDeploymentSpec
  generation?: number
  lifecycle: string
  jobManager: string
  state: string
  text: string
  stable?: string
  job?: object
}

const takenOver = (left: Left): World => {
  const world = aWorld(left.spec ?? wanted())
  world.now = Date.parse('2026-03-01T12:00:00Z')
  const status = {
    clusterInfo: {
      'flink-revision': '1234567 @ 2026-01-01T00:00:00+01:00',
      'flink-version': '1.20.5',
      'total-cpu': '3.0',
      'total-memory': '5000000000',
    },
    conditions: [],
    jobManagerDeploymentStatus: left.jobManager,
    jobStatus: {
      checkpointInfo: { lastPeriodicCheckpointTimestamp: 0 },
      ...{ jobId, jobName: 'orders', startTime: '1767225600000', state: 'RUNNING', updateTime: '1767225610000' },
      savepointInfo: { lastPeriodicSavepointTimestamp: 0, savepointHistory: [] },
      ...left.job,
    },
    lifecycleState: left.lifecycle,
    observedGeneration: left.generation ?? 1,
    reconciliationStatus: {
      lastReconciledSpec: left.text,
      ...(left.stable === undefined ? {} : { lastStableSpec: left.stable }),
      reconciliationTimestamp: world.now - 60_000,
      state: left.state,
    },
    taskManager: { labelSelector: 'component=taskmanager,app=orders', replicas: 2 },
  }
  world.resource = {
    ...world.resource,
    metadata: {
      ...world.resource.metadata,
      generation: left.generation ?? 1,
      finalizers: ['flinkdeployments.flink.apache.org/finalizer'],
    },
    status: status as unknown as NonNullable<FlinkDeployment['status']>,
  }
  return world
}

const kindsOf = (decision: ReturnType<typeof look>) =>
  decision.actions.map((action) =>
    `${action.do} ${'object' in action ? action.object.kind : 'ref' in action ? action.ref.type.kind : ''}`.trim(),
  )
const metadataOf = (id: string) => ({
  name: `orders-${id}-config-map`,
  uid: 'ha-1',
  resourceVersion: '7',
  keys: ['checkpointID-0000000000000000007', 'jobGraph-0'],
  deleting: false,
})

describe('RUNNING', () => {
  test('nothing is done and not a letter of the recorded specs changes', () => {
    const text = recorded(wanted(), { upgradeMode: 'stateless' }, true)
    const world = takenOver({ lifecycle: 'STABLE', jobManager: 'READY', state: 'DEPLOYED', text, stable: text })
    upAndRunning(world)
    for (let pass = 0; pass < 3; pass++) {
      const decision = step(world)
      expect(decision).toMatchObject({ rule: 'settle', actions: [] })
      expect(decision.status?.lifecycleState).toBe('STABLE')
      expect(decision.status?.reconciliationStatus).toMatchObject({ lastReconciledSpec: text, lastStableSpec: text })
    }
  })
  test('written by an older release: members that it did not know are missing, and that is no change', () => {
    const text = recorded(wanted())
      .replaceAll(',"autoscalerResetNonce":null', '')
      .replaceAll(',"checkpointTriggerNonce":null', '')
    const world = takenOver({ lifecycle: 'STABLE', jobManager: 'READY', state: 'DEPLOYED', text, stable: text })
    upAndRunning(world)
    expect(step(world)).toMatchObject({ rule: 'settle', actions: [] })
  })
  test('a savepoint of upstream that is still being taken is waited for under its own id', () => {
    const spec = wanted({ savepointTriggerNonce: 4 })
    const text = recorded(spec, { savepointTriggerNonce: 3 })
    const savepointInfo = {
      lastPeriodicSavepointTimestamp: 0,
      savepointHistory: [],
      triggerId: 'aaaabbbbccccddddaaaabbbbccccdddd',
      triggerTimestamp: Date.parse('2026-03-01T11:59:55Z'),
      triggerType: 'MANUAL',
      formatType: 'CANONICAL',
    }
    const world = takenOver({
      spec,
      lifecycle: 'STABLE',
      jobManager: 'READY',
      state: 'DEPLOYED',
      text,
      stable: text,
      job: { savepointInfo },
    })
    upAndRunning(world)
    world.flink = { ...world.flink, trigger: { known: true, value: { state: 'in-progress' } as never } }
    expect(step(world).actions).toEqual([])
    world.flink = { ...world.flink, trigger: { known: true, value: { state: 'completed', location: 'file:///sp/4' } } }
    const done = step(world)
    expect(done.status?.jobStatus?.savepointInfo?.lastSavepoint).toMatchObject({
      location: 'file:///sp/4',
      triggerType: 'MANUAL',
    })
    expect(done.status?.reconciliationStatus?.lastReconciledSpec).toContain('"savepointTriggerNonce":4')
  })
})

describe('SUSPENDED', () => {
  const suspended = (mode: string, job: object) => {
    const spec = wanted({ state: 'suspended', upgradeMode: mode })
    const text = recorded(spec, { state: 'suspended', upgradeMode: mode })
    return takenOver({
      spec,
      generation: 2,
      lifecycle: 'SUSPENDED',
      jobManager: 'MISSING',
      state: 'DEPLOYED',
      text,
      stable: text,
      job,
    })
  }
  const resume = (world: World, mode: string) => {
    world.resource = {
      ...world.resource,
      metadata: { ...world.resource.metadata, generation: 3 },
      spec: wanted({ upgradeMode: mode }),
    }
  }
  test('with a savepoint: it stays so, and is resumed from that savepoint', () => {
    const world = suspended('savepoint', { state: 'FINISHED', upgradeSavepointPath: 'file:///sp/1' })
    expect(step(world)).toMatchObject({ rule: 'settle', actions: [], status: { lifecycleState: 'SUSPENDED' } })
    resume(world, 'savepoint')
    let decision = step(world)
    for (let pass = 0; pass < 3 && decision.actions.length === 0; pass++) decision = step(world)
    expect(kindsOf(decision)[0]).toBe('create Deployment')
    expect(JSON.stringify(decision.actions)).toContain('file:///sp/1')
  })
  test('in its last state: it is resumed under its job id, with HA metadata or not at all', () => {
    for (const metadata of [true, false]) {
      const world = suspended('last-state', {
        state: 'FINISHED',
        upgradeSavepointPath: 'KUBERNETES_OPERATOR_LAST_STATE',
      })
      world.cluster = { ...nothing, ha: metadata ? [metadataOf(jobId)] : [] }
      resume(world, 'last-state')
      let decision = step(world)
      for (let pass = 0; pass < 3 && decision.actions.length === 0; pass++) decision = step(world)
      if (metadata) expect(JSON.stringify(decision.actions)).toContain(jobId)
      else expect(decision.actions).toEqual([])
      expect(kindsOf(decision).includes('create Deployment')).toBe(metadata)
    }
  })
})

describe('UPGRADING', () => {
  const upgrading = (mode: string, job: object, jobManager = 'READY') => {
    const spec = wanted({ upgradeMode: mode }, { image: 'flink:next' })
    return takenOver({
      ...{ spec, generation: 2, lifecycle: 'UPGRADING', jobManager, state: 'UPGRADING' },
      text: recorded(spec, { state: 'suspended', upgradeMode: mode }),
      stable: recorded(wanted()),
      job,
    })
  }
  test('the old job was stopped with a savepoint, its JobManager is still there: it makes room, then the new one starts from the path', () => {
    const world = upgrading('savepoint', { state: 'FINISHED', upgradeSavepointPath: 'file:///sp/2' })
    upAndRunning(world, 'FINISHED')
    world.cluster = { ...world.cluster, jobManager: { ...world.cluster.jobManager!, generation: '1' } }
    expect(kindsOf(step(world))).toEqual(['delete Deployment'])
    world.cluster = nothing
    world.flink = {}
    let decision = step(world)
    for (let pass = 0; pass < 3 && decision.actions.length === 0; pass++) decision = step(world)
    expect(kindsOf(decision)[0]).toBe('create Deployment')
    expect(JSON.stringify(decision.actions)).toContain('file:///sp/2')
  })
  test('the new cluster exists already: it is not created again', () => {
    const world = upgrading('savepoint', { state: 'FINISHED', upgradeSavepointPath: 'file:///sp/2' }, 'MISSING')
    upAndRunning(world)
    const decision = step(world)
    expect(kindsOf(decision)).not.toContain('create Deployment')
    expect(kindsOf(decision)).not.toContain('delete Deployment')
    expect(step(world).status?.reconciliationStatus?.state).toBe('DEPLOYED')
  })
  test('a cancel is under way: it is waited for, and the last checkpoint is looked up before anything goes', () => {
    const spec = wanted({ upgradeMode: 'last-state' }, { image: 'flink:next' })
    const world = takenOver({
      ...{ spec, generation: 2, lifecycle: 'UPGRADING', jobManager: 'READY', state: 'UPGRADING' },
      text: recorded(wanted(), { state: 'running', upgradeMode: 'savepoint' }),
      stable: recorded(wanted()),
      job: { state: 'CANCELLING' },
    })
    upAndRunning(world, 'CANCELLING')
    expect(step(world).actions).toEqual([])
    upAndRunning(world, 'CANCELED')
    expect(kindsOf(step(world))).not.toContain('delete Deployment')
  })
})

describe('ROLLING_BACK and ROLLED_BACK', () => {
  const failed = wanted({ upgradeMode: 'last-state' }, { image: 'flink:broken' })
  const rolling = (state: string, lifecycle: string, jobManager: string) =>
    takenOver({
      ...{ spec: failed, generation: 2, lifecycle, jobManager, state },
      text: recorded(failed, { upgradeMode: 'last-state' }),
      stable: recorded(wanted(), { upgradeMode: 'last-state' }),
      job: { upgradeSavepointPath: 'KUBERNETES_OPERATOR_LAST_STATE', state: 'RECONCILING' },
    })
  test('a rollback is finished with the stable spec, from HA metadata', () => {
    const world = rolling('ROLLING_BACK', 'ROLLING_BACK', 'MISSING')
    world.cluster = { ...nothing, ha: [metadataOf(jobId)] }
    let decision = step(world)
    for (let pass = 0; pass < 3 && decision.actions.length === 0; pass++) decision = step(world)
    const text = JSON.stringify(decision.actions)
    expect(kindsOf(decision)).toContain('create Deployment')
    expect(text).toContain('"image":"flink:1.20"')
    expect(text).not.toContain('flink:broken')
  })
  test('a job that was rolled back stays where it is while its spec is not corrected', () => {
    const world = rolling('ROLLED_BACK', 'ROLLED_BACK', 'READY')
    upAndRunning(world)
    for (let pass = 0; pass < 3; pass++) expect(step(world).actions).toEqual([])
    expect(world.resource.status?.lifecycleState).toBe('ROLLED_BACK')
  })
})
