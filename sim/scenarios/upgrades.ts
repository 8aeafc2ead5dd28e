/** Deploying, upgrading, suspending and resuming one application. */
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
  suspended,
  type Scenario,
} from '../scenario.ts'

export const upgrades: readonly Scenario[] = [
  scenario('first deployment', { covers: [], steps: [create(anApplication()), running()], ends: isRunning }),
  scenario('deploy, upgrade with savepoint, delete', {
    covers: ['W-1', 'W-8'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(2),
      edit({ image: 'flink:2' }, 'a new image'),
      running(),
      remove(),
      gone(),
    ],
    ends: isGone,
  }),
  scenario('upgrade with savepoint', {
    covers: ['W-1', 'W-8', 'W-13'],
    steps: [create(anApplication()), running(), checkpointed(1), edit({ image: 'flink:2' }, 'a new image'), running()],
    ends: isRunning,
  }),
  scenario('upgrade with last state', {
    covers: ['W-14', 'W-33'],
    steps: [
      create(anApplication({}, { upgradeMode: 'last-state' }, ha)),
      running(),
      checkpointed(2),
      edit({ image: 'flink:2' }, 'a new image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('upgrade without state', {
    covers: [],
    steps: [
      create(anApplication({}, { upgradeMode: 'stateless' })),
      running(),
      checkpointed(1),
      edit({ image: 'flink:2' }, 'a new image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('suspend with savepoint, resume', {
    covers: ['W-18'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      edit({ job: { state: 'suspended' } }, 'suspended'),
      suspended(),
      edit({ job: { state: 'running' } }, 'running'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('suspend with last state, resume', {
    covers: ['W-18'],
    steps: [
      create(anApplication({}, { upgradeMode: 'last-state' }, ha)),
      running(),
      checkpointed(1),
      edit({ job: { state: 'suspended' } }, 'suspended'),
      suspended(),
      edit({ job: { state: 'running' } }, 'running'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('suspend and stay', {
    covers: [],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      edit({ job: { state: 'suspended' } }, 'suspended'),
      suspended(),
    ],
    ends: isSuspended,
  }),
]
