/** A change is under way: look how far it is, by the facts, and do its next step. */
import { unknown } from '@drey/reconcile'
import { attemptGeneration, isNeverDeployed, unsubmitted, withoutTrigger } from '../../job/draft.ts'
import { cancelProgress } from '../../job/cancel-progress.ts'
import { savepointProgress, stoppingOf } from '../../job/savepoint-progress.ts'
import { registered } from '../../job/upgrade-snapshot.ts'
import { planRestore } from '../../job/plan-restore.ts'
import { isTerminal, type UpgradeMode } from '../../job/view.ts'
import { plainError } from '../../status/index.ts'
import { answer, eagerMs, patience, progressMs, record, type Pass, type Rule } from '../pass.ts'
import { continueRemoval, deploy, refused, suspended } from '../steps.ts'
import { taskManagerInfo } from '../status-of.ts'
import { isOfRecordedGeneration } from '../view.ts'
import { savepointRecord } from '../upgrade-snapshot.ts'
import { continueUnstarted } from './remove-unstarted.ts'
import { firstDeploy } from './first-deploy.ts'
import { redeploy } from './upgrade.ts'

const rule = 'continueOperation'

export const continueOperation: Rule = (pass) => {
  const { phase, target, diff } = pass.view
  // The way out of a start that cannot find its state: the user names another one, whatever was under way.
  const redeploys = diff?.type === 'SAVEPOINT_REDEPLOY' && target.why === 'user'
  const ended = phase === 'cancel' && isTerminal(pass.draft.job.state)
  if (redeploys && (phase === 'unstarted' || phase === 'remove' || phase === 'deploy' || ended))
    return redeploy(pass, [])
  switch (pass.view.phase) {
    case 'savepoint':
      return continueSavepoint(pass)
    case 'cancel':
      return continueCancel(pass)
    case 'unstarted':
      return continueUnstarted(pass, rule)
    case 'remove':
      return continueRemoval(pass, rule, 'the old cluster makes room')
    case 'deploy':
      return continueDeploy(pass)
    default:
      return undefined
  }
}

/** A stop with savepoint was written down and, perhaps, asked for. */
const continueSavepoint = (pass: Pass): ReturnType<Rule> => {
  const { view, draft, job } = pass
  const info = draft.job.savepointInfo
  const trigger = info.triggerId ?? ''
  const since = info.triggerTimestamp ?? view.now
  const fact = view.observed.flink.trigger
  const stop = {
    do: 'stop-with-savepoint' as const,
    job: { cluster: view.cluster, jobId: draft.job.id ?? '' },
    trigger,
    ...(job.settings.savepointDirectory ? { directory: job.settings.savepointDirectory } : {}),
    drain: job.settings.drain,
    format: String(info.formatType ?? job.settings.savepointFormat),
  }
  const progress = savepointProgress({
    now: view.now,
    since,
    trigger: fact ?? unknown('not asked'),
    state: draft.job.state,
    gone: draft.jobManager === 'MISSING',
    checkpoints: job.checkpoints,
    checkpointTimeoutMs: job.settings.checkpointTimeoutMs,
  })
  switch (progress.is) {
    case 'waiting':
      return answer(pass, { rule, because: progress.because, lookAgainMs: patience(view.now, since) })
    case 'to be asked again':
      return answer(pass, { rule, because: progress.because, actions: [stop], lookAgainMs: eagerMs })
    case 'taken':
      return savepointTaken(pass, progress.location)
    case 'failed':
      return giveUpSavepoint(pass, progress.why)
  }
}

/** Without the trigger; its time stays, and says when the last attempt failed. */
const cleared = (pass: Pass) => withoutTrigger(pass.draft.job.savepointInfo)

const forgotten = (pass: Pass) => {
  const { triggerTimestamp: _, ...rest } = cleared(pass)
  return rest
}

/** The resume point goes into the status before anything of the old cluster is touched (W-1). */
const savepointTaken = (pass: Pass, location: string): ReturnType<Rule> => {
  const { view, draft } = pass
  const taken = savepointRecord(pass, location)
  const next: Pass = {
    ...pass,
    draft: {
      ...draft,
      state: 'UPGRADING',
      recorded: record(pass, view.target.spec, { state: 'suspended', mode: 'savepoint', first: false }),
      job: {
        ...draft.job,
        state: 'FINISHED',
        // From here on counts how long its JobManager is kept.
        updateTime: isTerminal(draft.job.state) ? draft.job.updateTime : view.now,
        path: location,
        savepointInfo: { ...forgotten(pass), ...taken.info },
      },
      taskManager: taskManagerInfo(view, false),
      observedGeneration: view.target.generation,
      error: undefined,
    },
  }
  const stays = view.target.spec.job?.state === 'suspended' && view.mode === 'native'
  const stopping = stoppingOf({
    now: view.now,
    found: view.foundJob,
    location,
    path: draft.job.path,
    noted: draft.job.updateTime,
  })
  // A cluster that is removed ends its job in any case; one that stays must be seen to have ended it.
  if (stays && draft.jobManager === 'READY' && stopping !== 'ended')
    return stopping === 'goes on'
      ? answer(pass, {
          rule,
          because: 'the savepoint is taken, but the job goes on: it is cancelled',
          change: {
            state: 'UPGRADING',
            recorded:
              draft.recorded &&
              record(pass, draft.recorded.spec, { state: 'running', mode: 'savepoint', first: false }),
            job: {
              ...draft.job,
              state: 'CANCELLING',
              updateTime: view.now,
              // Its resume point may become another one than this savepoint.
              savepointInfo: registered({ ...forgotten(pass), ...taken.info }),
            },
          },
          actions: [
            ...taken.actions,
            {
              do: 'cancel',
              job: { cluster: view.cluster, jobId: draft.job.id ?? '' },
              lenient: false,
              timeoutMs: pass.job.settings.cancelTimeoutMs,
            },
          ],
          lookAgainMs: eagerMs,
        })
      : answer(pass, {
          rule,
          because: `the savepoint is at ${location}; waiting for the end of its job`,
          change: stopping === 'noted' ? { job: { ...draft.job, path: location, updateTime: view.now } } : {},
          lookAgainMs: eagerMs,
        })
  const decision = stays ? suspended(next, rule) : continueRemoval(next, rule, `the savepoint is at ${location}`)
  return { ...decision, actions: [...taken.actions, ...decision.actions] }
}

const giveUpSavepoint = (pass: Pass, why: string): ReturnType<Rule> => {
  const message = `Savepoint failed: ${why}`
  return answer(pass, {
    rule,
    because: `the savepoint failed (${why}); nothing was stopped or lost, the next attempt is decided anew`,
    change: {
      job: { ...pass.draft.job, savepointInfo: cleared(pass) },
      error: plainError('UpgradeFailureException', message),
    },
    notes: [{ type: 'Warning', reason: 'SavepointError', message, component: 'JobManagerDeployment' }],
    lookAgainMs: progressMs,
  })
}

/** Cancelled to resume from the last checkpoint: nothing goes on until that checkpoint is known (W-2, W-3). */
const continueCancel = (pass: Pass): ReturnType<Rule> => {
  const { view, draft, job } = pass
  const progress = cancelProgress({
    now: view.now,
    since: draft.job.updateTime ?? draft.timestamp,
    state: draft.job.state,
    found: view.foundJob,
    gone: draft.jobManager === 'MISSING',
    checkpoints: view.observed.flink.checkpoints,
    keepsState: true,
  })
  switch (progress.is) {
    case 'ended': {
      // Ended, and nobody can say where its last checkpoint is: nothing is removed before the user has named a state.
      const wanted = (view.target.spec.job?.upgradeMode ?? 'stateless') as UpgradeMode
      const restore = planRestore(job, 'savepoint', wanted)
      if ('refuse' in restore) return refused(pass, rule, restore)
      const next: Pass = {
        ...pass,
        draft: {
          ...draft,
          state: 'UPGRADING',
          recorded: record(pass, view.target.spec, { state: 'suspended', mode: 'savepoint', first: false }),
          taskManager: taskManagerInfo(view, false),
          observedGeneration: view.target.generation,
        },
      }
      return view.target.spec.job?.state === 'suspended' && view.mode === 'native'
        ? suspended(next, rule)
        : continueRemoval(next, rule, `cancelled; resumes from ${draft.job.path ?? 'nothing: there was no checkpoint'}`)
    }
    case 'lost':
      return answer(pass, {
        rule,
        because: progress.because,
        change: { state: 'DEPLOYED', job: { ...draft.job, state: 'RECONCILING' } },
        lookAgainMs: eagerMs,
      })
    case 'waiting':
    case 'to be asked again':
      return answer(pass, {
        rule,
        because: progress.because,
        actions:
          progress.is === 'waiting'
            ? []
            : [
                {
                  do: 'cancel',
                  job: { cluster: view.cluster, jobId: draft.job.id ?? '' },
                  lenient: false,
                  timeoutMs: job.settings.cancelTimeoutMs,
                },
              ],
        lookAgainMs: isTerminal(draft.job.state) ? eagerMs : patience(view.now, draft.job.updateTime ?? view.now),
      })
  }
}

/** Created, or about to be: adopt what is complete and ours; anything else of that name must go first. */
const continueDeploy = (pass: Pass): ReturnType<Rule> => {
  const { view, draft } = pass
  const { jobManager, dependents } = view.observed.cluster
  if (!jobManager) {
    // A Deployment that vanished again leaves dependants for a moment; a new one must not share them with garbage collection.
    if (!view.clusterIsGone)
      return answer(pass, {
        rule,
        because: 'the remains of an earlier cluster are still being collected',
        lookAgainMs: 1_000,
      })
    const edited = attemptGeneration(view.before, view.target.generation) !== view.target.generation
    // Metadata with a checkpoint: it was there, and ran.
    if (view.application && edited && isNeverDeployed(draft) && !pass.job.haMetadata.checkpoint) return beginAnew(pass)
    return deploy(pass, rule, 'everything old is gone')
  }
  if (jobManager.deleting || !isOfRecordedGeneration(view))
    return answer(pass, {
      rule,
      because: 'a Deployment of another generation is in the way',
      change: { jobManager: 'DEPLOYING' },
      lookAgainMs: eagerMs,
    })
  const complete = [
    view.refs.dependants.find((ref) => ref.type.kind === 'Service' && ref.name.endsWith('-rest')),
    view.refs.dependants.find((ref) => ref.name.startsWith('flink-config-')),
  ].every(
    (ref) =>
      ref === undefined ||
      dependents.some(
        (d) => d.name === ref.name && d.type.kind === ref.type.kind && d.ownerUids.includes(jobManager.uid),
      ),
  )
  const taskManagers = view.refs.taskManagers === undefined || view.observed.cluster.taskManager !== undefined
  if (!complete || !taskManagers) return deploy(ofThisAttempt(pass), rule, 'the cluster is not complete yet')
  const running = draft.recorded?.spec.job !== undefined
  return answer(pass, {
    rule,
    because: 'the cluster is created',
    change: {
      state: draft.state === 'ROLLING_BACK' ? 'ROLLED_BACK' : 'DEPLOYED',
      ...(draft.recorded && draft.state !== 'ROLLING_BACK'
        ? {
            recorded: record(
              pass,
              draft.recorded.spec,
              running
                ? { state: 'running', first: draft.recorded.firstDeployment }
                : { state: 'running', first: draft.recorded.firstDeployment },
            ),
          }
        : {}),
      jobManager: 'DEPLOYING',
      timestamp: view.now,
      taskManager: taskManagerInfo(view, true),
    },
    lookAgainMs: progressMs,
  })
}

/** Nothing of it ever ran: what the user wants now is a first deployment again, `initialSavepointPath` included. */
const beginAnew = (pass: Pass): ReturnType<Rule> =>
  firstDeploy({
    ...pass,
    view: { ...pass.view, phase: 'first' },
    draft: { ...pass.draft, recorded: undefined, job: unsubmitted(pass.draft.job) },
  })

/**
 * A cluster that exists is completed as it was begun, also when the user has changed his mind meanwhile: its job may run already, and a
 * new attempt over it would be a second identity. Once it is complete, the change is an upgrade like any other.
 */
const ofThisAttempt = (pass: Pass): Pass => {
  const { view, draft } = pass
  const generation = attemptGeneration(view.before, view.target.generation)
  const spec = draft.recorded?.spec
  if (!spec || generation === undefined || generation === view.target.generation || draft.state === 'ROLLING_BACK')
    return pass
  const begun = spec.job ? { ...spec, job: { ...spec.job, state: 'running' as const } } : spec
  return { ...pass, view: { ...view, target: { why: 'user', spec: begun, generation } } }
}
