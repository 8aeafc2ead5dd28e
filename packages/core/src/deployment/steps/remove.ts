/** The first step of every replacement: remove what is there. Looks at the facts to see whether it is done; may be repeated as often as one likes. */
import { options, read } from '@drey/api'
import type { Action } from '../../action.ts'
import { isTerminal } from '../../job/view.ts'
import type { Draft } from '../draft.ts'
import { answer, eagerMs, progressMs, type DeploymentDecision, type Pass } from '../pass.ts'
import { deploy } from './deploy.ts'
import { endOfJobManager } from './end-job-manager.ts'
import { pathWhileRemoved, refused, restoreModeOf, restoreOf } from './restore.ts'

/** What a removal still has to delete, and whether everything that had to go is gone. */
export interface Removal {
  done: boolean
  actions: readonly Action[]
  waitsFor: string
}

/**
 * Deletes the cluster, JobManager first, and with `ha: 'delete'` also the HA metadata, once no JobManager is left that would
 * write it again. Absence is verified, never assumed after a time-out (W-14). `unstarted`: the JobManager goes only if it has not
 * changed since it was judged never to have started, however late the request arrives.
 */
export const removal = (pass: Pass, o: { ha: 'keep' | 'delete'; unstarted?: boolean }): Removal => {
  const { cluster } = pass.view.observed
  const { refs } = pass.view
  const propagation = propagationOf(pass)
  const actions: Action[] = []
  if (cluster.jobManager && !cluster.jobManager.deleting)
    actions.push({
      do: 'delete',
      ref: refs.jobManager,
      uid: cluster.jobManager.uid,
      ...(o.unstarted && cluster.jobManager.resourceVersion
        ? { resourceVersion: cluster.jobManager.resourceVersion }
        : {}),
      propagation,
    })
  if (cluster.taskManager && !cluster.taskManager.deleting && refs.taskManagers && !cluster.jobManager)
    actions.push({ do: 'delete', ref: refs.taskManagers, uid: cluster.taskManager.uid, propagation })
  if (!pass.view.clusterIsGone)
    return {
      done: false,
      actions,
      waitsFor: cluster.jobManager
        ? 'the JobManager Deployment'
        : cluster.pods.length > 0
          ? `${cluster.pods.length} pods`
          : cluster.taskManager
            ? 'the TaskManager Deployment'
            : cluster.dependents.map((d) => `${d.type.kind} ${d.name}`).join(', '),
    }
  if (o.ha === 'delete' && cluster.ha.length > 0)
    return {
      done: false,
      actions: cluster.ha
        .filter((map) => !map.deleting)
        .map((map) => ({
          do: 'delete',
          ref: { type: refs.haMetadata.type, namespace: pass.view.namespace, name: map.name },
          uid: map.uid,
        })),
      waitsFor: 'HA metadata',
    }
  return { done: true, actions: [], waitsFor: '' }
}

const propagationOf = (pass: Pass): 'Background' | 'Foreground' | 'Orphan' => {
  const text = String(read(options.clusters.deletionPropagation, pass.view.deployedConf)).toLowerCase()
  return text === 'background' ? 'Background' : text === 'orphan' ? 'Orphan' : 'Foreground'
}

/** One pass of a removal on the way to another cluster, or to none. `draft` says the phase: recorded suspended, or rolling back. */
export const continueRemoval = (begun: Pass, rule: string, because: string): DeploymentDecision => {
  const path = pathWhileRemoved(begun, restoreModeOf(begun.draft))
  const pass: Pass = { ...begun, draft: { ...begun.draft, job: { ...begun.draft.job, path } } }
  // The jobs of a session cluster live in its HA metadata whatever happens to its own spec.
  const keepsHa = !pass.view.application || restoreModeOf(pass.draft) === 'last-state'
  const { jobManager } = pass.view.observed.cluster
  const unstarted = pass.view.application && restsOnUnstarted(pass.draft)
  if (unstarted && jobManager && !jobManager.deleting && !jobManager.neverAvailable)
    return jobManager.unsure ? awaitLook(pass, rule) : hasStarted(pass, rule)
  if (pass.view.application && keepsHa && jobManager && !jobManager.deleting) {
    // Metadata that went meanwhile, by hand: the JobManager may be the last that knows its state.
    const restore = restoreOf(
      pass,
      pass.draft.state === 'ROLLING_BACK' ? pass.draft.stable?.spec : pass.view.target.spec,
    )
    if ('refuse' in restore) return refused(pass, rule, restore)
  }
  const ending = keepsHa ? endOfJobManager(pass) : undefined
  if (ending)
    return answer(pass, {
      rule,
      because: `${because}; the JobManager ends before its TaskManagers`,
      actions: ending,
      lookAgainMs: progressMs,
    })
  const step = removal(pass, { ha: keepsHa ? 'keep' : 'delete', unstarted })
  if (!step.done)
    return answer(pass, {
      rule,
      because: `${because}; waiting for the end of ${step.waitsFor}`,
      actions: step.actions,
      lookAgainMs: progressMs,
    })
  return deploy({ ...pass, draft: { ...pass.draft, jobManager: 'MISSING' } }, rule, because)
}

/** A rollback from the recorded path although its job has not ended: right only while the JobManager has never started. */
const restsOnUnstarted = (draft: Draft): boolean =>
  draft.state === 'ROLLING_BACK' && restoreModeOf(draft) === 'savepoint' && !isTerminal(draft.job.state)

/** Nobody could look: neither that it has started nor that it has not is known. */
export const awaitLook = (pass: Pass, rule: string): DeploymentDecision =>
  answer(pass, {
    rule,
    because: 'whether the JobManager has started meanwhile could not be looked at',
    lookAgainMs: progressMs,
  })

/** A JobManager that was judged never to have started runs: there may be newer state. Nothing was removed; the recorded spec is what runs. */
export const hasStarted = (pass: Pass, rule: string): DeploymentDecision =>
  answer(pass, {
    rule,
    because: 'the JobManager has started meanwhile: how its job is stopped is decided anew',
    change: { state: 'DEPLOYED', job: { ...pass.draft.job, state: 'RECONCILING' } },
    lookAgainMs: eagerMs,
  })
