/** The second step of every replacement: deploy what is wanted. Looks at the facts to see whether it is done; may be repeated as often as one likes. */
import type { FlinkDeploymentSpec } from '@drey/api'
import { options, read } from '@drey/api'
import type { Note } from '@drey/reconcile'
import { idFor } from '../../ids.ts'
import { attemptGeneration } from '../../job/draft.ts'
import { lastStateMark, type UpgradeMode } from '../../job/view.ts'
import { plainError } from '../../status/index.ts'
import type { Draft } from '../draft.ts'
import { answer, eagerMs, record, restMs, type DeploymentDecision, type Pass } from '../pass.ts'
import { renderedFor } from '../rendered.ts'
import { taskManagerInfo } from '../status-of.ts'
import { creations, withoutSubmittedJobs } from './creations.ts'
import { refused, restoreModeOf, restoreOf } from './restore.ts'
import { suspended } from './suspended.ts'

/**
 * Writes down what is about to be deployed (spec, job id, JobManager MISSING), then creates it. Called with every cluster
 * object verified absent, or again while some of what it created is not there yet.
 */
export const deploy = (
  pass: Pass,
  rule: string,
  because: string,
  extraNotes: readonly Note[] = [],
): DeploymentDecision => {
  const { view } = pass
  const rollingBack = pass.draft.state === 'ROLLING_BACK'
  const spec: FlinkDeploymentSpec | undefined = rollingBack ? pass.draft.stable?.spec : view.target.spec
  if (!spec) return answer(pass, { rule, because: 'there is no stable spec to roll back to', lookAgainMs: restMs })
  if (!rollingBack && view.application && spec.job?.state === 'suspended') return suspended(pass, rule)

  const mode = restoreModeOf(pass.draft)
  const restore = view.application ? restoreOf(pass, spec) : undefined
  if (restore && 'refuse' in restore) return refused(pass, rule, restore)

  const again = view.phase === 'deploy' && pass.draft.job.id !== undefined
  const sameSpec = again && attemptGeneration(pass.draft, view.generation) === view.target.generation
  // One attempt, one job id: repeating an attempt must not make a second identity (W-13).
  const jobId =
    !restore || restore.jobId === 'same' || sameSpec
      ? (pass.draft.job.id ?? newJobId(pass))
      : (read(options.flink.fixedJobId, view.conf) ?? newJobId(pass))
  const usesMode: UpgradeMode = !restore || restore.from === 'nothing' ? 'stateless' : mode
  const rendered = renderedFor(view, {
    spec,
    generation: view.target.generation,
    jobId: view.application ? jobId : undefined,
    deploymentId: idFor(view.uid, view.target.generation, 'deployment', jobId),
    ...(restore?.from === 'path' && restore.path ? { path: restore.path } : {}),
    requireHa: restore?.from === 'ha',
  })
  if (!rendered.ok) {
    const error = plainError('ReconciliationException', `${rendered.problem.message} ${rendered.problem.fix}`)
    return answer(pass, {
      rule,
      because: rendered.problem.message,
      change: { error },
      notes:
        pass.draft.error === error
          ? []
          : [
              {
                type: 'Warning',
                reason: 'Error',
                message: `${rendered.problem.message} ${rendered.problem.fix}`,
                component: 'Operator',
              },
            ],
    })
  }
  const nextJob = view.application
    ? {
        ...pass.draft.job,
        id: jobId,
        state: 'RECONCILING' as const,
        ...(restore?.from === 'ha' ? { path: lastStateMark } : restore?.from === 'nothing' ? { path: undefined } : {}),
      }
    : pass.draft.job
  return answer(pass, {
    rule,
    because,
    change: {
      state: rollingBack ? 'ROLLING_BACK' : 'UPGRADING',
      recorded: rollingBack
        ? pass.draft.recorded
        : record(pass, spec, {
            state: 'suspended',
            mode: usesMode,
            first: pass.draft.recorded?.firstDeployment ?? true,
          }),
      jobManager: 'MISSING',
      job: nextJob,
      error: undefined,
      observedGeneration: view.target.generation,
      timestamp: again && sameSpec ? pass.draft.timestamp : view.now,
      clusterInfo: ofAnyCluster(pass.draft.clusterInfo),
      taskManager: taskManagerInfo(view, false),
    },
    // The submitted jobs of a session cluster are not ours: they are what must come back with it.
    actions: [...(view.application ? withoutSubmittedJobs(pass) : []), ...creations(pass, rendered.objects)],
    notes:
      again && sameSpec
        ? extraNotes
        : [
            ...extraNotes,
            ...rendered.notes.map(hint),
            ...unmanagedIngress(pass, spec),
            ...(view.application ? [submitNote] : []),
          ],
    lookAgainMs: eagerMs,
  })
}

/** What the author of a spec should know though it can be deployed; told once per deployment. */
const hint = (message: string): Note => ({ type: 'Normal', reason: 'SpecHint', message, component: 'Operator' })

/** An Ingress that is wanted and not made: the operator was told to leave Ingresses alone. */
const unmanagedIngress = ({ view }: Pass, spec: FlinkDeploymentSpec): Note[] =>
  spec.ingress && !read(options.clusters.manageIngress, view.conf)
    ? [
        {
          type: 'Warning',
          reason: 'IngressManagement',
          message: 'Ingress management is turned off but ingress set in spec',
          component: 'Operator',
        },
      ]
    : []

const submitNote: Note = {
  type: 'Normal',
  reason: 'Submit',
  message: 'Starting deployment',
  component: 'JobManagerDeployment',
}

/** A user-fixed id wins everywhere; otherwise one per attempt, named by when it was decided. */
const newJobId = (pass: Pass): string => idFor(pass.view.uid, pass.view.target.generation, 'job', pass.view.now)

/** Without what only its own JobManager can tell. */
const ofAnyCluster = (info: Draft['clusterInfo']): Draft['clusterInfo'] => {
  const { ClusterHealthInfo: _, 'flink-version': __, 'flink-revision': ___, ...rest } = info
  return rest
}
