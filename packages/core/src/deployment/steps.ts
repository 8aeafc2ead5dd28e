/**
 * The two steps every replacement of a cluster consists of: remove what is there, deploy what is wanted. Each looks at the
 * facts to see whether it is done, and may be repeated as often as one likes.
 */
import { attemptGeneration } from '../job/draft.ts'
import type { FlinkDeploymentSpec } from '@drey/api'
import { options, read } from '@drey/api'
import type { KubeObject, Note, Ref, ResourceType } from '@drey/reconcile'
import type { Action } from '../action.ts'
import { idFor } from '../ids.ts'
import { planRestore, wantedMode, type Restore } from '../job/plan-restore.ts'
import { isTerminal, lastStateMark, type UpgradeMode } from '../job/view.ts'
import { plainError } from '../status/index.ts'
import { answer, eagerMs, progressMs, record, restMs, type DeploymentDecision, type Pass } from './pass.ts'
import { renderedFor } from './rendered.ts'
import { taskManagerInfo } from './status-of.ts'
import type { Draft } from './draft.ts'

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
export const continueRemoval = (pass: Pass, rule: string, because: string): DeploymentDecision => {
  // The jobs of a session cluster live in its HA metadata whatever happens to its own spec.
  const keepsHa = !pass.view.application || restoreModeOf(pass.draft) === 'last-state'
  const { jobManager } = pass.view.observed.cluster
  const unstarted = pass.view.application && restsOnUnstarted(pass.draft)
  if (unstarted && jobManager && !jobManager.deleting && !jobManager.neverAvailable) return hasStarted(pass, rule)
  if (pass.view.application && keepsHa && jobManager && !jobManager.deleting) {
    // Metadata that went meanwhile, by hand: the JobManager may be the last that knows its state.
    const restore = restoreOf(
      pass,
      pass.draft.state === 'ROLLING_BACK' ? pass.draft.stable?.spec : pass.view.target.spec,
    )
    if ('refuse' in restore) return refused(pass, rule, restore)
  }
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

/** A JobManager that was judged never to have started runs: there may be newer state. Nothing was removed; the recorded spec is what runs. */
export const hasStarted = (pass: Pass, rule: string): DeploymentDecision =>
  answer(pass, {
    rule,
    because: 'the JobManager has started meanwhile: how its job is stopped is decided anew',
    change: { state: 'DEPLOYED', job: { ...pass.draft.job, state: 'RECONCILING' } },
    lookAgainMs: eagerMs,
  })

/** How the next start finds its state. The mode inside a stable spec says how its own start did; only a user's present wish may drop state. */
const restoreOf = (pass: Pass, spec: FlinkDeploymentSpec | undefined): Restore => {
  const mode = restoreModeOf(pass.draft)
  const rollingBack = pass.draft.state === 'ROLLING_BACK'
  const recorded = pass.draft.recorded?.spec.job
  return planRestore(
    pass.job,
    mode,
    rollingBack ? mode : wantedMode({ recorded, wanted: spec?.job, path: pass.job.path }),
  )
}

/** The mode in the recorded spec: how the next start finds its state. */
export const restoreModeOf = (draft: Draft): UpgradeMode =>
  (draft.recorded?.spec.job?.upgradeMode ?? 'stateless') as UpgradeMode

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

/** A start that cannot find its state is not made; the error names the way out. */
export const refused = (
  pass: Pass,
  rule: string,
  restore: Extract<Restore, { refuse: string }>,
  notes: readonly Note[] = [],
): DeploymentDecision => {
  const error = plainError('UpgradeFailureException', restore.refuse)
  const { job, jobManager } = pass.draft
  // Its cluster is gone and no other one comes: nothing runs, whatever was seen last.
  const over = jobManager === 'MISSING' && job.state !== undefined && !isTerminal(job.state)
  return answer(pass, {
    rule,
    because: restore.refuse,
    change: { error, ...(over ? { job: { ...job, state: 'RECONCILING' as const } } : {}) },
    notes:
      pass.draft.error === error
        ? []
        : [
            ...notes,
            {
              type: 'Warning',
              reason: 'RestoreFailed',
              message: `${restore.refuse} ${restore.fix}`,
              component: 'JobManagerDeployment',
            },
          ],
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

/** Stopped as the user wished: nothing is deployed, and a suspended spec counts as stable at once. */
export const suspended = (pass: Pass, rule: string): DeploymentDecision => {
  const recorded = record(pass, pass.view.target.spec, { state: 'suspended', mode: restoreModeOf(pass.draft) })
  return answer(pass, {
    rule,
    because: 'the job is stopped and its state kept as the spec asks',
    change: {
      state: 'DEPLOYED',
      recorded,
      stable: recorded,
      // With its cluster gone the job runs no more, whatever was seen last (upstream says FINISHED, too).
      ...(pass.draft.jobManager === 'MISSING' && !isTerminal(pass.draft.job.state)
        ? { job: { ...pass.draft.job, state: 'FINISHED' as const } }
        : {}),
      observedGeneration: pass.view.target.generation,
      error: undefined,
      timestamp: pass.view.now,
      taskManager: taskManagerInfo(pass.view, false),
    },
  })
}

/** The JobManager first, never over an existing one; then what it owns, which may be written again. */
const creations = (pass: Pass, objects: readonly KubeObject[]): Action[] =>
  objects.map((object, index) => {
    const type = typeOf(object)
    if (index === 0) return { do: 'create', object, type }
    const owner: Ref | undefined = object.metadata.ownerReferences?.some((reference) => reference.kind === 'Deployment')
      ? pass.view.refs.jobManager
      : undefined
    return owner ? { do: 'apply', object, type, owner } : { do: 'apply', object, type }
  })

/** Flink would run the submitted job of a predecessor from its HA metadata instead of the new one. Only keys go, under a version test (W-33). */
const withoutSubmittedJobs = (pass: Pass): Action[] =>
  pass.view.observed.cluster.ha.flatMap((map) => {
    const keys = map.keys.filter(pass.view.refs.haMetadata.isSubmittedJobKey)
    return keys.length === 0 || map.deleting
      ? []
      : [
          {
            do: 'merge' as const,
            ref: { type: pass.view.refs.haMetadata.type, namespace: pass.view.namespace, name: map.name },
            patch: {
              metadata: { resourceVersion: map.resourceVersion },
              data: Object.fromEntries(keys.map((key) => [key, null])),
            },
          },
        ]
  })

/** Without what only its own JobManager can tell. */
const ofAnyCluster = (info: Draft['clusterInfo']): Draft['clusterInfo'] => {
  const { ClusterHealthInfo: _, 'flink-version': __, 'flink-revision': ___, ...rest } = info
  return rest
}

const plurals: Readonly<Record<string, string>> = { Ingress: 'ingresses' }

/** Rendered objects are of a few kinds whose plurals are regular. */
export const typeOf = (object: KubeObject): ResourceType => {
  const [group, version] = object.apiVersion.includes('/')
    ? (object.apiVersion.split('/') as [string, string])
    : ['', object.apiVersion]
  return {
    group,
    version,
    kind: object.kind,
    resource: plurals[object.kind] ?? `${object.kind.toLowerCase()}s`,
    namespaced: true,
  }
}
