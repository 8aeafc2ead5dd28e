/** Deploying, upgrading, suspending and resuming one application. */
import { deployments } from '@drey/kube'
import type { KubeObject } from '@drey/reconcile'
import {
  anApplication,
  checkpointed,
  create,
  edit,
  gone,
  ha,
  isGone,
  isRunning,
  isSuspended,
  remove,
  running,
  scenario,
  stateIs,
  suspended,
  triggered,
  wait,
  type Scenario,
  type Stage,
  type Step,
  when,
  newImage,
  lastState,
} from '../scenario.ts'

const suspend = edit({ job: { state: 'suspended' } }, 'suspended')
const resume = edit({ job: { state: 'running' } }, 'running')

/** As the operator asked for it; the answer is not awaited by anybody any more. */
const creations = new WeakMap<Stage['world'], KubeObject>()
const keepCreation: Step = {
  say: 'a copy of the request that creates the JobManager is on its way',
  do: ({ world }) => {
    const stored = world.server.store.get('deployments.apps', 'shop/orders') as
      (KubeObject & { spec: unknown }) | undefined
    if (!stored) return
    const { name, namespace, labels, annotations, ownerReferences } = stored.metadata
    const metadata = { name, namespace, labels, annotations, ownerReferences } as KubeObject['metadata']
    creations.set(world, { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: stored.spec } as KubeObject)
  },
}
const keptCreationArrives: Step = {
  say: 'the request that created the earlier JobManager arrives once more',
  do: async ({ world }) => {
    const kept = creations.get(world)
    if (kept) await world.client.create(deployments, kept).catch(() => undefined)
  },
}

const firstSavepoint = ({ world }: Stage) => world.flink.storage.list().find((one) => one.kind === 'savepoint')?.path
const redeployFromFirst: Step = {
  say: 'a user asks for a redeploy from the first savepoint',
  do: (stage) =>
    edit({ job: { initialSavepointPath: firstSavepoint(stage), savepointRedeployNonce: 1 } }, '').do?.(stage),
}

const modes = {
  savepoint: create(anApplication()),
  'savepoint with HA': create(anApplication({}, {}, ha)),
  'last state': lastState(),
  'last state by cancel': lastState({ 'kubernetes.operator.job.upgrade.last-state.job-cancel.enabled': 'true' }),
  'last state without HA': create(anApplication({}, { upgradeMode: 'last-state' })),
  'no state': create(anApplication({}, { upgradeMode: 'stateless' })),
  'no state with HA': create(anApplication({}, { upgradeMode: 'stateless' }, ha)),
  'savepoint, standalone': create(anApplication({ mode: 'standalone' })),
  'last state, standalone': lastState({}, { mode: 'standalone' }),
  'no state, standalone': create(anApplication({ mode: 'standalone' }, { upgradeMode: 'stateless' })),
}

const perMode = Object.entries(modes).flatMap(([mode, begin]) => [
  scenario(`upgrade (${mode})`, {
    covers: mode.includes('standalone') ? ['W-1', 'W-13'] : mode.includes('cancel') ? ['W-2', 'W-3'] : ['W-14', 'W-33'],
    steps: [begin, running(), checkpointed(2), newImage, running()],
    ends: isRunning,
  }),
  scenario(`suspend, resume (${mode})`, {
    covers: ['W-18'],
    steps: [begin, running(), checkpointed(1), suspend, suspended(), resume, running()],
    ends: isRunning,
  }),
])

export const upgrades: readonly Scenario[] = [
  scenario('first deployment', { covers: [], steps: [create(anApplication()), running()], ends: isRunning }),
  scenario('suspended from birth, then started', {
    covers: [],
    steps: [create(anApplication({}, { state: 'suspended' })), wait(30), resume, running()],
    ends: isRunning,
  }),
  scenario('deploy, upgrade, delete', {
    covers: ['W-1', 'W-8'],
    steps: [create(anApplication()), running(), checkpointed(2), newImage, running(), remove(), gone()],
    ends: isGone,
  }),
  scenario('three upgrades', {
    covers: ['W-8', 'W-13'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(),
      newImage,
      running(),
      checkpointed(),
      edit({ job: { parallelism: 3 } }, 'parallelism 3'),
      running(),
      checkpointed(),
      edit({ flinkConfiguration: { 'taskmanager.numberOfTaskSlots': '2' } }, 'two slots'),
      running(),
    ],
    ends: isRunning,
  }),
  ...perMode,
  scenario('new parallelism (last state)', {
    covers: ['W-33'],
    steps: [lastState(), running(), checkpointed(1), edit({ job: { parallelism: 3 } }, 'parallelism 3'), running()],
    ends: isRunning,
  }),
  scenario('suspend and stay', {
    covers: [],
    steps: [create(anApplication()), running(), checkpointed(1), suspend, suspended()],
    ends: isSuspended,
  }),
  scenario('suspend and stay (last state)', {
    covers: ['W-18'],
    steps: [lastState(), running(), checkpointed(1), suspend, suspended()],
    ends: isSuspended,
  }),
  scenario('suspend, edit while suspended, resume', {
    covers: [],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      suspend,
      suspended(),
      newImage,
      wait(20),
      resume,
      running(),
    ],
    ends: isRunning,
  }),
  scenario('suspend with last state, resume without state', {
    covers: ['W-19'],
    steps: [
      lastState(),
      running(),
      checkpointed(1),
      suspend,
      suspended(),
      edit({ job: { state: 'running', upgradeMode: 'stateless' } }, 'running, stateless'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('new Flink version (last state)', {
    covers: [],
    steps: [
      lastState(),
      running(),
      checkpointed(1),
      edit({ flinkVersion: 'v2_0', image: 'flink:2.0' }, 'Flink 2.0'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('new Flink version (savepoint)', {
    covers: [],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      edit({ flinkVersion: 'v2_0', image: 'flink:2.0' }, 'Flink 2.0'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('from savepoint mode to last state in one edit', {
    covers: [],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      edit({ image: 'flink:2', job: { upgradeMode: 'last-state' }, flinkConfiguration: ha }, 'HA and last-state'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('edited while the savepoint is taken', {
    covers: ['W-24', 'W-13'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      newImage,
      triggered(),
      edit({ image: 'flink:3' }, 'another image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('edited while the old cluster goes', {
    covers: ['W-14'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      newImage,
      stateIs('UPGRADING'),
      edit({ image: 'flink:3' }, 'another image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('edited while the new cluster is being created', {
    covers: ['W-13', 'W-35'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      newImage,
      when(
        'the new Deployment is there and nothing else',
        ({ world }) =>
          world.server.store.get('deployments.apps', 'shop/orders')?.metadata.annotations?.[
            'flinkdeployment.flink.apache.org/generation'
          ] === '2' && !world.server.store.get('configmaps', 'shop/flink-config-orders'),
        { orGoOn: true, withinMs: 60_000 },
      ),
      edit({ image: 'flink:3' }, 'another image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('the creation of an earlier attempt arrives late', {
    covers: ['W-35'],
    steps: [
      create(anApplication({}, { upgradeMode: 'stateless' })),
      running(),
      keepCreation,
      newImage,
      when(
        'the next attempt is written down and not made yet',
        ({ world, resource }) =>
          resource?.status?.['observedGeneration'] === 2 &&
          resource.status['jobManagerDeploymentStatus'] === 'MISSING' &&
          !world.server.store.get('deployments.apps', 'shop/orders'),
        { orGoOn: true, withinMs: 60_000 },
      ),
      keptCreationArrives,
      running(),
    ],
    ends: isRunning,
  }),
  scenario('reverted while the savepoint is taken', {
    covers: ['W-24'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      newImage,
      triggered(),
      edit({ image: 'flink:1' }, 'back to the first image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('reverted while the job is being cancelled', {
    covers: ['W-24', 'W-2', 'W-3'],
    steps: [
      modes['last state by cancel'],
      running(),
      checkpointed(1),
      newImage,
      stateIs('UPGRADING'),
      edit({ image: 'flink:1' }, 'back to the first image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('suspended while an upgrade is under way', {
    covers: [],
    steps: [create(anApplication()), running(), checkpointed(1), newImage, stateIs('UPGRADING'), suspend, suspended()],
    ends: isSuspended,
  }),
  scenario('suspended and resumed in a hurry', {
    covers: [],
    steps: [create(anApplication()), running(), checkpointed(1), suspend, triggered(), resume, running()],
    ends: isRunning,
  }),
  scenario('two edits before anybody looked', {
    covers: [],
    steps: [
      create(anApplication({}, {}, ha)),
      running(),
      checkpointed(1),
      newImage,
      edit({ job: { parallelism: 1 } }, 'parallelism 1'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('edited while the first deployment starts', {
    covers: [],
    steps: [create(anApplication()), wait(3), newImage, running()],
    ends: isRunning,
  }),
  scenario('edited while the first deployment starts (last state)', {
    covers: ['W-4', 'W-27'],
    steps: [lastState(), wait(3), newImage, running()],
    ends: isRunning,
  }),
  scenario('an upgrade right after an upgrade (last state)', {
    covers: ['W-4', 'W-35'],
    steps: [
      lastState(),
      running(),
      checkpointed(1),
      newImage,
      stateIs('DEPLOYED'),
      wait(4),
      edit({ image: 'flink:3' }, 'another image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('savepointRedeployNonce', {
    covers: ['W-9'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      newImage,
      running(),
      checkpointed(1),
      redeployFromFirst,
      running(),
    ],
    ends: isRunning,
  }),
  scenario('savepointRedeployNonce while the savepoint is taken', {
    covers: ['W-9', 'W-26'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      newImage,
      running(),
      checkpointed(1),
      edit({ image: 'flink:3' }, 'another image'),
      triggered(),
      redeployFromFirst,
      wait(30),
      when(
        'it runs from the first savepoint',
        (stage) =>
          isRunning(stage) &&
          stage.world.flink
            .jobManagers()
            .some((jm) =>
              jm.jobs.some((job) => job.restored?.kind === 'savepoint' && job.restored.path === firstSavepoint(stage)),
            ),
      ),
    ],
    ends: isRunning,
  }),
  scenario('initialSavepointPath that does not exist', {
    covers: [],
    steps: [
      create(anApplication({}, { initialSavepointPath: 'file:///sp/none' })),
      wait(60),
      edit({ image: 'flink:2', job: { initialSavepointPath: null, upgradeMode: 'stateless' } }, 'start empty'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('restartNonce', {
    covers: [],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      edit({ restartNonce: 1 }, 'restartNonce 1'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('an edit without effect', {
    covers: [],
    steps: [
      create(anApplication()),
      running(),
      edit({ flinkConfiguration: { 'kubernetes.operator.reconcile.interval': '30 s' } }, 'an option of the operator'),
      running(),
    ],
    ends: isRunning,
  }),
]
