/**
 * Jobs: pods that run to their end until enough have succeeded. Conditions, reasons and messages are kube-controller-manager's
 * (`pkg/controller/job`). Counts live in the status, so pods that somebody deletes after their end stay counted.
 */
import type { JobCondition } from 'kubernetes-types/batch/v1.d.ts'
import { jobs } from '@drey/kube'
import { firstOf, type Decision, type KubeAction, type KubeObject, type Note } from '@drey/reconcile'
import { findCondition, withCondition } from './conditions.ts'
import { decision, failureNotes, nextLook, normal, omitEmpty, timeText, warning, type LastFailure } from './decide.ts'
import { suffix } from './hash.ts'
import { createPod, deletePod, isActive, isReady, podOf } from './pods.ts'
import type { Job, JobStatus, Pod } from './types.ts'

export interface JobObserved {
  now: number
  pods: readonly Pod[]
  lastFailure?: LastFailure
}

type D = Decision<JobStatus, KubeAction>
interface View {
  job: Job
  observed: JobObserved
  active: readonly Pod[]
  leaving: readonly Pod[]
  succeeded: number
  failed: number
  conditions: readonly JobCondition[]
  /** indexes that are done, for completionMode Indexed */
  doneIndexes: ReadonlySet<number>
}

export const decideJob = (job: Job, observed: JobObserved): D => decide(viewOf(job, observed))

const firstBackoffMs = 10_000
const maxBackoffMs = 600_000
const indexAnnotation = 'batch.kubernetes.io/job-completion-index'

const viewOf = (job: Job, observed: JobObserved): View => {
  const { pods } = observed
  const ended = (phase: string) => pods.filter((pod) => pod.status?.phase === phase)
  const doneIndexes = new Set([...readIndexes(job.status?.completedIndexes), ...ended('Succeeded').map(indexOf)])
  return {
    job,
    observed,
    active: pods.filter(isActive),
    leaving: pods.filter(
      (pod) => pod.metadata.deletionTimestamp && !['Succeeded', 'Failed'].includes(pod.status?.phase ?? ''),
    ),
    succeeded: isIndexed(job) ? doneIndexes.size : Math.max(job.status?.succeeded ?? 0, ended('Succeeded').length),
    failed: Math.max(job.status?.failed ?? 0, ended('Failed').length),
    conditions: job.status?.conditions ?? [],
    doneIndexes,
  }
}

const isIndexed = (job: Job): boolean => job.spec.completionMode === 'Indexed'
const indexOf = (pod: Pod): number => Number(pod.metadata.annotations?.[indexAnnotation] ?? -1)

const teardown = (view: View): D | undefined =>
  view.job.metadata.deletionTimestamp ? say(view, 'teardown', 'being deleted: only the status follows') : undefined

/** Complete or Failed for good: after its time to live the Job goes, with its pods. */
const finished = (view: View): D | undefined => {
  const { job, observed, conditions } = view
  const end = conditions.find(({ type, status }) => ['Complete', 'Failed'].includes(type) && status === 'True')
  if (!end) return undefined
  const ttl = job.spec.ttlSecondsAfterFinished
  if (ttl === undefined) return say(view, 'finished', `it is ${end.type}`)
  const left = Date.parse(end.lastTransitionTime ?? '') + ttl * 1000 - observed.now
  if (left > 0)
    return say(view, 'finished', `it is ${end.type}, and stays for a while`, { lookAgainMs: nextLook(left) })
  return say(view, 'expire', 'its time to live after the end is over', {
    actions: [
      {
        do: 'delete',
        ref: {
          type: jobs,
          ...(job.metadata.namespace ? { namespace: job.metadata.namespace } : {}),
          name: job.metadata.name,
        },
        uid: job.metadata.uid ?? '',
        propagation: 'Foreground',
      },
    ],
  })
}

/** The end has been decided; it is written when the last pod is gone. */
const closing = (view: View): D | undefined => {
  const { conditions } = view
  const failing = findCondition(conditions, 'FailureTarget')
  const succeeding = findCondition(conditions, 'SuccessCriteriaMet')
  const target = failing ?? succeeding
  if (target?.status !== 'True') return undefined
  if (view.active.length > 0 || view.leaving.length > 0)
    return say(view, 'close', 'its last pods are ending', { actions: view.active.map(deletePod) })
  const type = failing ? 'Failed' : 'Complete'
  const { reason = '', message = '' } = target
  return say(view, 'end', message, {
    conditions: [{ type, status: 'True', reason, message }],
    events: [failing ? warning(reason, message) : normal('Completed', 'Job completed')],
  })
}

const suspended = (view: View): D | undefined => {
  const { job, active, conditions } = view
  const have = findCondition(conditions, 'Suspended')
  if (job.spec.suspend)
    return say(view, 'suspended', 'suspended by its spec', {
      actions: active.map(deletePod),
      conditions: [{ type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }],
      events: have?.status === 'True' ? [] : [normal('Suspended', 'Job suspended')],
    })
  if (have?.status !== 'True') return undefined
  return say(view, 'resumed', 'no longer suspended', {
    conditions: [{ type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' }],
    events: [normal('Resumed', 'Job resumed')],
    lookAgainMs: 100,
  })
}

const failing = (view: View): D | undefined => {
  const { job, observed, failed, active } = view
  const limit = job.spec.backoffLimit ?? 6
  const restarts = active.reduce(
    (sum, pod) => sum + (pod.status?.containerStatuses ?? []).reduce((all, { restartCount }) => all + restartCount, 0),
    0,
  )
  const restartsInPlace = job.spec.template.spec?.restartPolicy === 'OnFailure'
  if (failed > limit || (restartsInPlace && restarts > 0 && restarts >= limit))
    return close(view, 'FailureTarget', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  const deadline = job.spec.activeDeadlineSeconds
  const started = job.status?.startTime
  if (deadline !== undefined && started && Date.parse(started) + deadline * 1000 <= observed.now)
    return close(view, 'FailureTarget', 'DeadlineExceeded', 'Job was active longer than specified deadline')
  return undefined
}

const succeeding = (view: View): D | undefined => {
  const { job, succeeded, active } = view
  const { completions } = job.spec
  // Without a number of completions one success decides, and the pods still running may end.
  const enough = completions === undefined ? succeeded > 0 && active.length === 0 : succeeded >= completions
  if (!enough) return undefined
  return close(view, 'SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods')
}

const close = (view: View, type: string, reason: string, message: string): D =>
  say(view, 'close', message, {
    conditions: [{ type, status: 'True', reason, message }],
    actions: view.active.map(deletePod),
    lookAgainMs: 100,
  })

/** As many pods as may run side by side and are still needed; after failures not before their back-off is over. */
const run = (view: View): D => {
  const { job, observed, active, succeeded } = view
  const parallelism = job.spec.parallelism ?? 1
  const { completions } = job.spec
  const wanted =
    completions === undefined
      ? succeeded > 0
        ? active.length
        : parallelism
      : Math.min(parallelism, completions - succeeded)
  if (active.length > wanted)
    return say(view, 'shrink', `${wanted} pods may run`, { actions: active.slice(wanted).map(deletePod) })
  if (active.length === wanted) return say(view, 'wait', `${active.length} pods run`)
  const wait = backoffMs(view)
  if (wait > 0) return say(view, 'back-off', 'a pod failed; the next one waits', { lookAgainMs: nextLook(wait) })
  const made = newPods(view, wanted - active.length)
  return say(view, 'start', `${wanted - active.length} pods are missing`, {
    actions: made.map(createPod),
    events: [
      ...failureNotes(observed.lastFailure),
      ...made.map((pod) => normal('SuccessfulCreate', `Created pod: ${pod.metadata.name}`)),
    ],
  })
}

const decide = firstOf<View, D>([teardown, finished, closing, suspended, failing, succeeding], run)

/** Ten seconds after the first failure, twice as long after each further one; a success begins anew. */
const backoffMs = ({ observed }: View): number => {
  const ends = observed.pods
    .flatMap((pod) => {
      const phase = pod.status?.phase
      return phase === 'Failed' || phase === 'Succeeded' ? [{ phase, at: endOf(pod) }] : []
    })
    .sort((a, b) => b.at - a.at)
  const sinceSuccess = ends.findIndex(({ phase }) => phase === 'Succeeded')
  const failures = sinceSuccess === -1 ? ends.length : sinceSuccess
  if (failures === 0) return 0
  const backoff = Math.min(maxBackoffMs, firstBackoffMs * 2 ** (failures - 1))
  return (ends[0]?.at ?? 0) + backoff - observed.now
}

const endOf = (pod: Pod): number =>
  Math.max(
    Date.parse(pod.metadata.creationTimestamp ?? '') || 0,
    ...(pod.status?.containerStatuses ?? []).map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? '') || 0),
  )

const newPods = ({ job, observed, active, doneIndexes }: View, count: number): KubeObject[] => {
  const taken = new Set(observed.pods.map((pod) => pod.metadata.name))
  const running = new Set(active.map(indexOf))
  const free = Array.from({ length: job.spec.completions ?? 0 }, (_, index) => index).filter(
    (index) => !doneIndexes.has(index) && !running.has(index),
  )
  const made: KubeObject[] = []
  for (let i = 0; made.length < count; i++) {
    const index = isIndexed(job) ? free[made.length] : undefined
    if (isIndexed(job) && index === undefined) break
    const base = `${job.metadata.name.slice(0, 52)}${index === undefined ? '' : `-${index}`}`
    const name = `${base}-${suffix(job.metadata.uid, job.metadata.resourceVersion, i)}`
    if (taken.has(name)) continue
    taken.add(name)
    made.push(podFor(job, name, base, index))
  }
  return made
}

const podFor = (job: Job, name: string, base: string, index: number | undefined): KubeObject => {
  const marks = index === undefined ? undefined : { [indexAnnotation]: String(index) }
  const pod = podOf({ type: jobs, object: job }, job.spec.template, {
    name,
    generateName: `${base}-`,
    ...(marks ? { annotations: marks, labels: marks } : {}),
  }) as Pod
  if (!marks) return pod
  const fieldPath = `metadata.labels['${indexAnnotation}']`
  const withIndex = <C extends { env?: { name: string }[] }>(container: C): C => ({
    ...container,
    env: [
      ...(container.env ?? []),
      { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } },
    ],
  })
  return {
    ...pod,
    spec: {
      ...pod.spec,
      hostname: base,
      containers: pod.spec.containers.map(withIndex),
      ...(pod.spec.initContainers ? { initContainers: pod.spec.initContainers.map(withIndex) } : {}),
    },
  }
}

interface Saying {
  conditions?: readonly { type: string; status: 'True' | 'False'; reason: string; message: string }[]
  actions?: readonly KubeAction[]
  events?: readonly Note[]
  lookAgainMs?: number
}

const say = (view: View, rule: string, because: string, { conditions = [], lookAgainMs, ...rest }: Saying = {}): D => {
  const { job, observed } = view
  const status = statusOf(view, conditions)
  const deadline = job.spec.activeDeadlineSeconds
  const left =
    deadline !== undefined && status.startTime && !status.completionTime
      ? Date.parse(status.startTime) + deadline * 1000 - observed.now
      : undefined
  return decision(rule, because, {
    status,
    ...rest,
    lookAgainMs: lookAgainMs ?? nextLook(left && left > 0 ? left : undefined),
  })
}

const statusOf = (view: View, added: NonNullable<Saying['conditions']>): JobStatus => {
  const { job, observed, active, succeeded, failed, doneIndexes } = view
  const now = timeText(observed.now)
  let conditions: JobCondition[] = [...view.conditions]
  for (const one of added)
    conditions = withCondition(conditions, { ...one, lastProbeTime: now, lastTransitionTime: now })
  const complete = findCondition(conditions, 'Complete')
  const resumed = added.some(({ reason }) => reason === 'JobResumed')
  const startTime = job.spec.suspend ? undefined : resumed ? now : (job.status?.startTime ?? now)
  return {
    ...omitEmpty({
      active: active.length,
      succeeded,
      failed,
      ...(isIndexed(job) ? { completedIndexes: writeIndexes(doneIndexes) } : {}),
      ...(startTime ? { startTime } : {}),
      ...(complete ? { completionTime: job.status?.completionTime ?? complete.lastTransitionTime ?? now } : {}),
      conditions,
    }),
    terminating: view.leaving.length,
    ready: active.filter(isReady).length,
    uncountedTerminatedPods: {},
  }
}

/** `0-2,5` */
const readIndexes = (text: string | undefined): number[] =>
  (text ?? '').split(',').flatMap((part) => {
    if (!part) return []
    const [from = 0, to = from] = part.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, i) => from + i)
  })

const writeIndexes = (indexes: ReadonlySet<number>): string => {
  const sorted = [...indexes].filter((index) => index >= 0).sort((a, b) => a - b)
  const parts: [number, number][] = []
  for (const index of sorted) {
    const last = parts.at(-1)
    if (last && last[1] === index - 1) last[1] = index
    else parts.push([index, index])
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',')
}
