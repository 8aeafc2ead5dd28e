/** The world itself goes wrong: namespaces, storage, metadata, the Event API, operators that are absent; and requests for more or less room. */
import { configMaps, ingresses, namespaces, services } from '@drey/kube'
import {
  anApplication,
  aSession,
  checkpointed,
  create,
  deleteHaMetadata,
  deleteJobManagerPod,
  deleteTaskManagerPod,
  edit,
  everythingGone,
  forceRemove,
  ha,
  isReadySession,
  isRunning,
  jobStateIs,
  killOperator,
  knobs,
  retireOperator,
  running,
  scenario,
  secondOperator,
  stateIs,
  suspended,
  wait,
  when,
  type Scenario,
  type Stage,
  type Step,
  newImage,
  lastState,
} from '../scenario.ts'
import { namespace } from '../world.ts'
import { vertexId } from '../flink/rest-shapes.ts'
import { aSessionJob, createJob, forceRemoveJob, jobCheckpointed, jobRunning, jobsRun } from './session-steps.ts'

const deleteNamespace: Step = {
  say: 'a user deletes the whole namespace',
  do: ({ world }) => world.client.remove({ type: namespaces, name: namespace }),
}
const namespaceIsGone = (stage: Stage) =>
  everythingGone(stage) && stage.world.server.store.get('namespaces', namespace) === undefined
const nothingRuns = ({ world }: Stage) =>
  !world.flink.jobManagers().some((jm) => jm.jobs.some((job) => job.state === 'RUNNING'))
const loseSavepoints: Step = {
  say: 'the storage loses all savepoints',
  do({ world }) {
    for (const { kind, path } of world.flink.storage.list()) if (kind === 'savepoint') world.flink.storage.remove(path)
  },
}
/** The Event API says no for as long as nothing else is said. */
const eventsFail = (fail: boolean): Step => ({
  say: fail ? 'the Event API answers 500' : 'the Event API works again',
  do({ world }) {
    const before = world.faults
    world.faults = (call) =>
      fail && call.path.includes('/events')
        ? { do: 'answer', status: 500, effect: false }
        : fail
          ? before(call)
          : undefined
  },
})
const removeIngress: Step = {
  say: 'somebody deletes the Ingress',
  do: ({ world }) => world.client.remove({ type: ingresses, namespace, name: 'orders' }),
}
const tidyUp: Step = {
  say: 'somebody deletes the Services and the configuration of the cluster',
  async do({ world }) {
    await world.client.remove({ type: services, namespace, name: 'orders-rest' })
    await world.client.remove({ type: services, namespace, name: 'orders' })
    await world.client.remove({ type: configMaps, namespace, name: 'flink-config-orders' })
  },
}
const isWhole = ({ world }: Stage) =>
  world.server.store.get('services', `${namespace}/orders-rest`) !== undefined &&
  world.server.store.get('services', `${namespace}/orders`) !== undefined &&
  world.server.store.get('configmaps', `${namespace}/flink-config-orders`) !== undefined
const hasIngress = ({ world }: Stage) =>
  world.server.store.get('ingresses.networking.k8s.io', `${namespace}/orders`) !== undefined
const parallelismIs =
  (wanted: number) =>
  ({ world, resource }: Stage): boolean =>
    resource?.status?.['lifecycleState'] === 'STABLE' &&
    world.flink.jobManagers().some((jm) => jm.jobs.some((job) => job.tasksRun && job.parallelism === wanted))
const overrides = (parallelism: number) => ({
  'pipeline.jobvertex-parallelism-overrides': `${vertexId}:${parallelism}`,
})
const adaptive = { 'jobmanager.scheduler': 'adaptive' }

export const faults: readonly Scenario[] = [
  scenario('the namespace is deleted while the job runs', {
    covers: ['W-22', 'S000-16', 'S002-8'],
    steps: [lastState(), running(), checkpointed(1), deleteNamespace, when('it is gone', namespaceIsGone)],
    ends: namespaceIsGone,
    spares: { delete: 'everything is deleted anyhow' },
  }),
  scenario('the namespace is deleted in the middle of an upgrade', {
    covers: ['W-22', 'S000-16'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      newImage,
      stateIs('UPGRADING'),
      deleteNamespace,
      when('it is gone', namespaceIsGone),
    ],
    ends: namespaceIsGone,
    spares: { delete: 'everything is deleted anyhow' },
    accepts: { 'no orphan': 'deleted in the middle', live: 'creations are refused in a namespace that ends' },
  }),
  scenario('the namespace is deleted with a session cluster and its job', {
    covers: ['W-17', 'W-22', 'S000-16'],
    steps: [
      create(aSession({}, ha)),
      when('the session cluster is ready', isReadySession),
      createJob(),
      jobRunning(),
      deleteNamespace,
      when('it is gone', namespaceIsGone),
    ],
    ends: namespaceIsGone,
    spares: { delete: 'everything is deleted anyhow' },
  }),
  scenario('HA metadata deleted by hand while the job runs', {
    covers: ['W-15'],
    steps: [lastState(), running(), checkpointed(2), deleteHaMetadata(), wait(60), running()],
    ends: isRunning,
    accepts: {
      'no older state': 'a JobManager whose metadata is gone begins from its configured path: Flink’s own doing',
    },
  }),
  scenario('HA metadata deleted by hand in the middle of an upgrade (last state)', {
    covers: ['W-15', 'W-33'],
    steps: [lastState(), running(), checkpointed(2), newImage, stateIs('UPGRADING'), deleteHaMetadata(), wait(120)],
    ends: (stage) =>
      isRunning(stage) ||
      jobStateIs('FAILED')(stage) ||
      (nothingRuns(stage) && Boolean(stage.resource?.status?.['error'])),
    spares: { delete: 'the same end', kill: 'the same end' },
    accepts: { 'resume point first': 'a user has removed the resume point' },
  }),
  scenario('HA metadata deleted by hand in the middle of an upgrade (last state), and the way out is taken', {
    covers: ['W-15', 'W-19', 'W-33'],
    steps: [
      lastState(),
      running(),
      checkpointed(2),
      newImage,
      stateIs('UPGRADING'),
      deleteHaMetadata(),
      when('it is told', ({ resource }) => /Manual restore/.test(String(resource?.status?.['error'] ?? '')), {
        orGoOn: true,
        withinMs: 60_000,
      }),
      {
        say: 'a user names the newest checkpoint and a redeploy nonce',
        do: (stage) => {
          const path = stage.world.flink.storage.list().at(-1)?.path
          return edit({ job: { initialSavepointPath: path, savepointRedeployNonce: 1 } }, '').do?.(stage)
        },
      },
      running(),
    ],
    ends: isRunning,
    accepts: {
      'resume point first': 'a user has removed the resume point',
      safety: 'a user has removed the resume point, and the operator holds',
    },
  }),
  scenario('the storage loses the savepoint of an upgrade', {
    covers: ['W-1', 'S004-9'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      knobs({ savepointsVanish: true }, 'the storage says yes and keeps nothing'),
      newImage,
      when('the job fails at its start', jobStateIs('FAILED')),
      knobs({ savepointsVanish: false }, 'the storage keeps what it is given'),
      edit({ restartNonce: 1, job: { upgradeMode: 'stateless' } }, 'start empty'),
      running(),
    ],
    ends: isRunning,
    accepts: { 'resume point first': 'the resume point was stored; its storage lost it' },
    spares: { kill: 'another way to the same loss', fault: 'another way to the same loss' },
  }),
  scenario('the storage loses the savepoint of a suspended job', {
    covers: ['W-19', 'S004-9'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      edit({ job: { state: 'suspended' } }, 'suspended'),
      suspended(),
      loseSavepoints,
      edit({ job: { state: 'running' } }, 'running'),
      when('the job fails at its start', jobStateIs('FAILED')),
      edit({ restartNonce: 1, job: { upgradeMode: 'stateless' } }, 'start empty'),
      running(),
    ],
    ends: isRunning,
    accepts: { 'resume point first': 'the resume point was stored; its storage lost it' },
    spares: { kill: 'another way to the same loss', fault: 'another way to the same loss' },
  }),
  scenario('the Event API fails during an upgrade', {
    covers: ['W-38'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      eventsFail(true),
      newImage,
      running(),
      eventsFail(false),
    ],
    ends: isRunning,
  }),
  scenario('the Event API fails from the beginning', {
    covers: ['W-38'],
    steps: [eventsFail(true), create(anApplication({}, {}, ha)), running(), checkpointed(1), newImage, running()],
    ends: isRunning,
  }),
  scenario('the Ingress is deleted by hand', {
    covers: ['W-32'],
    steps: [
      create(anApplication({ ingress: { template: '{{name}}.example.com', className: 'nginx' } })),
      running(),
      when('the Ingress is there', hasIngress),
      removeIngress,
      when('the Ingress is there again', hasIngress),
    ],
    ends: (stage) => isRunning(stage) && hasIngress(stage),
  }),
  scenario('Services and configuration are deleted by hand', {
    covers: ['W-32'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      tidyUp,
      when('they are there again', isWhole),
      newImage,
      running(),
    ],
    ends: (stage) => isRunning(stage) && isWhole(stage),
  }),
  scenario('two edits race with writes of the status', {
    covers: ['W-11', 'S003-6'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      edit(
        { image: 'flink:2', flinkConfiguration: { 'taskmanager.numberOfTaskSlots': '2' } },
        'a new image and two slots',
      ),
      edit({ image: 'flink:3' }, 'another image at once'),
      wait(1),
      edit({ image: 'flink:4' }, 'and another'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('session job removed by force and made again', {
    covers: ['W-12', 'W-17'],
    steps: [
      create(aSession({}, ha)),
      when('the session cluster is ready', isReadySession),
      createJob(),
      jobRunning(),
      jobCheckpointed(),
      forceRemoveJob(),
      wait(1),
      createJob(aSessionJob({ upgradeMode: 'stateless' })),
      jobRunning(),
    ],
    ends: jobsRun('clicks'),
    accepts: {
      'one job': 'who removes the finalizer leaves the job to its cluster',
      'no leak': 'who removes the finalizer leaves the job to its cluster',
      truth: 'the old job runs under the name of the new resource',
    },
  }),
  scenario('removed by force in the middle of an upgrade and made again', {
    covers: ['W-12'],
    steps: [
      lastState(),
      running(),
      checkpointed(1),
      newImage,
      stateIs('UPGRADING'),
      forceRemove(),
      wait(1),
      create(anApplication({}, {}, ha)),
      running(),
    ],
    ends: isRunning,
    accepts: { 'no orphan': 'removed by force in the middle' },
  }),
  scenario('no operator for an hour, three edits meanwhile', {
    covers: ['W-25', 'S002-18'],
    steps: [
      lastState(),
      running(),
      checkpointed(1),
      retireOperator(),
      newImage,
      wait(1_800),
      edit({ job: { parallelism: 3 } }, 'parallelism 3'),
      wait(1_800),
      edit({ image: 'flink:3' }, 'another image'),
      secondOperator(),
      running(),
    ],
    ends: isRunning,
    accepts: { truth: 'nobody is there to tell the truth' },
  }),
  scenario('the leading operator ends, another takes over', {
    covers: ['W-25', 'e2e:flink_operator_ha', 'S002-18'],
    steps: [lastState(), running(), checkpointed(1), killOperator(), wait(20), newImage, running()],
    ends: isRunning,
  }),
  scenario('a machine dies: JobManager and TaskManager pods go at once (HA)', {
    covers: ['S001-8', 'S004-6', 'S004-10'],
    steps: [lastState(), running(), checkpointed(2), deleteTaskManagerPod(), deleteJobManagerPod(), wait(5), running()],
    ends: isRunning,
  }),
  scenario('capacity for TaskManagers arrives later', {
    covers: ['S001-7'],
    steps: [
      knobs({ capacity: false }, 'there is no room for TaskManagers'),
      create(anApplication({}, {}, ha)),
      wait(300),
      knobs({ capacity: true }, 'there is room'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('parallelism 2 to 4 and back', {
    covers: ['S002-7', 'S003-8', 'S004-7', 'e2e:application_operations'],
    steps: [
      create(anApplication({}, {}, ha)),
      running(),
      checkpointed(1),
      edit({ job: { parallelism: 4 } }, 'parallelism 4'),
      running(),
      checkpointed(1),
      edit({ job: { parallelism: 2 } }, 'parallelism 2'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('Flink versions up and down', {
    covers: ['S001-4', 'S004-7'],
    steps: [
      create(anApplication({}, {}, ha)),
      running(),
      checkpointed(1),
      edit({ flinkVersion: 'v2_0', image: 'flink:2.0' }, 'Flink 2.0'),
      running(),
      checkpointed(1),
      edit({ flinkVersion: 'v1_20', image: 'flink:1' }, 'back to Flink 1.20'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('scaled in place (adaptive scheduler)', {
    covers: ['S004-11', 'e2e:autoscaler'],
    steps: [
      create(anApplication({}, { parallelism: 1 }, { ...ha, ...adaptive, ...overrides(1) })),
      running(),
      checkpointed(1),
      edit({ flinkConfiguration: overrides(3) }, 'the vertex wants three'),
      when('three run', parallelismIs(3)),
      edit({ flinkConfiguration: overrides(2) }, 'the vertex wants two'),
      when('two run', parallelismIs(2)),
    ],
    ends: parallelismIs(2),
    spares: { kill: 'a JobManager that restarts begins with the parallelism of its submission' },
  }),
  scenario('scaled without the adaptive scheduler', {
    covers: ['S004-11'],
    steps: [
      create(anApplication({}, {}, { ...ha, ...overrides(2) })),
      running(),
      checkpointed(1),
      edit({ flinkConfiguration: overrides(3) }, 'the vertex wants three'),
      when('three run', parallelismIs(3)),
    ],
    ends: parallelismIs(3),
  }),
]
