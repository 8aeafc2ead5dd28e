/** Every view of a job that could make a difference to how it is stopped and resumed: a small world, completely enumerated. */
import type { CheckpointFacts, FlinkJobState } from '@drey/api'
import type { Fact } from '@drey/reconcile'
import { isTerminal, lastStateMark, type JobManagerState, type JobView, type UpgradeMode } from '../../src/job/view.ts'

export const now = 1_000_000
export const maxAgeMs = 60_000

const facts = (over: Partial<CheckpointFacts>): Fact<CheckpointFacts> => ({
  known: true,
  value: {
    latest: undefined,
    restored: undefined,
    completed: undefined,
    stateSize: undefined,
    inProgressSince: undefined,
    completedCount: 0,
    counted: true,
    notAddressable: false,
    ...over,
  },
})
const completedAt = (at: number) => ({ id: 1, path: '/c', at, savepoint: false })

const states: readonly (FlinkJobState | undefined)[] = [
  undefined,
  'CREATED',
  'INITIALIZING',
  'RUNNING',
  'RESTARTING',
  'RECONCILING',
  'CANCELLING',
  'CANCELED',
  'FAILED',
  'FINISHED',
]
const jobManagers: readonly JobManagerState[] = ['MISSING', 'DEPLOYING', 'DEPLOYED_NOT_READY', 'READY', 'ERROR']
const metadata: readonly JobView['haMetadata'][] = [
  { available: false, checkpoint: false },
  { available: true, checkpoint: false },
  { available: true, checkpoint: true },
]
const checkpoints: readonly Fact<CheckpointFacts>[] = [
  { known: false, why: 'x' },
  facts({}),
  facts({ completed: completedAt(now - 1) }),
  facts({ completed: completedAt(now - maxAgeMs - 1) }),
  facts({ completed: completedAt(now - maxAgeMs - 1), inProgressSince: now - 1 }),
  facts({ inProgressSince: now - maxAgeMs - 1 }),
]
const paths = [undefined, '/p', lastStateMark]
/** The older place for a savepoint counts only where the newer one is empty and the job has ended. */
const places = (state: FlinkJobState | undefined) =>
  paths.flatMap((path) =>
    (path === undefined && isTerminal(state) ? paths : [undefined]).map((legacySavepoint) => ({
      path,
      legacySavepoint,
    })),
  )
const modes: readonly UpgradeMode[] = ['stateless', 'last-state', 'savepoint']
const both = [false, true]

/** The settings that matter: directory, fallback, cancel, age limit, and how long ago the job started. */
const settings: readonly Pick<JobView, 'settings' | 'startTime'>[] = both.flatMap((hasDirectory) =>
  both.flatMap((lastStateFallback) =>
    both.flatMap((cancelInLastState) =>
      [undefined, 0, now - 1].map((startTime) => ({
        startTime,
        settings: {
          savepointDirectory: hasDirectory ? '/sp' : undefined,
          savepointFormat: 'CANONICAL',
          drain: false,
          checkpointTimeoutMs: 1,
          cancelTimeoutMs: 1,
          clientTimeoutMs: 1,
          lastStateFallback,
          cancelInLastState,
          // Without an age limit the start does not matter.
          checkpointAgeMaxMs: startTime === undefined ? undefined : maxAgeMs,
        },
      })),
    ),
  ),
)

const withoutLimit = ({ startTime }: (typeof settings)[number]) => startTime === undefined

/** Ages of checkpoints and of the job count only while it runs. */
export const jobViews = function* (): Generator<JobView> {
  for (const kind of ['application', 'session-job'] as const)
    for (const mode of modes)
      for (const state of states)
        for (const jobManager of kind === 'application' ? jobManagers : (['READY'] as const))
          for (const haMetadata of kind === 'application' ? metadata : metadata.slice(0, 1))
            for (const silentMs of jobManager === 'DEPLOYED_NOT_READY' ? [0, 30_000] : [0])
              for (const haConfigured of kind === 'application' ? both : [false])
                for (const { path, legacySavepoint } of places(state))
                  for (const facts of state === 'RUNNING' ? checkpoints : checkpoints.slice(0, 2))
                    for (const checkpointsHidden of state === 'CREATED' ||
                    state === 'RESTARTING' ||
                    state === 'INITIALIZING'
                      ? both
                      : [false])
                      for (const versionChanged of kind === 'application' ? both : [false])
                        for (const start of kind === 'application' ? starts : starts.slice(0, 1))
                          for (const setting of state === 'RUNNING' ? settings : settings.filter(withoutLimit))
                            yield {
                              kind,
                              now,
                              mode,
                              jobId: 'j',
                              state,
                              jobManager,
                              silentMs,
                              haConfigured,
                              haMetadata,
                              path,
                              legacySavepoint,
                              checkpoints: facts,
                              checkpointsHidden,
                              versionChanged,
                              ...start,
                              ...setting,
                            }
}

const starts: readonly Pick<JobView, 'neverStarted' | 'restoredBy'>[] = [
  { neverStarted: false, restoredBy: 'savepoint' },
  { neverStarted: true, restoredBy: 'savepoint' },
  { neverStarted: true, restoredBy: 'last-state' },
]
