/** Why is nothing happening? A fixed list of questions in a fixed order; the first that blocks is the answer. */
import type { FlinkStateSnapshot } from '@drey/api'
import { isUnderWay, unknownOf, waitsForOf } from './under-way.ts'
import { changeText } from './changes.ts'
import type { Sources } from './sources.ts'
import { statusView, type StatusView } from './status-view.ts'

export interface WhyNot {
  kind: 'WhyNot'
  version: 1
  resource: { kind: string; namespace: string; name: string }
  cluster: string
  /** one sentence: what blocks, or that nothing does */
  answer: string
  blocked: boolean
  checks: readonly WhyNotCheck[]
  fix: readonly string[]
  unknown: readonly { what: string; why: string }[]
}

export interface WhyNotCheck {
  check: string
  /** `goes on`: not finished, and nothing is wrong with that */
  is: 'ok' | 'blocks' | 'goes on' | 'unknown'
  text: string
  fix?: readonly string[]
}

/** A change nobody reacted to for so long is one nobody heard of. */
const deafMs = 60_000

export const whyNotOf = (sources: Sources): WhyNot => {
  const { resource, kind, cluster } = sources
  const name = resource.metadata.name
  const view = kind === 'FlinkStateSnapshot' ? undefined : statusView(kind, resource)
  const checks = view ? jobChecks(sources, view) : snapshotChecks(sources)
  const first = checks.find(({ is }) => is === 'blocks')
  const going =
    checks.find(({ check, is }) => is === 'goes on' && check === 'step') ?? checks.find(({ is }) => is === 'goes on')
  return {
    kind: 'WhyNot',
    version: 1,
    resource: { kind, namespace: resource.metadata.namespace ?? 'default', name },
    cluster,
    answer: first
      ? `nothing happens because ${first.text}`
      : going
        ? `nothing is wrong: ${going.text}`
        : 'nothing blocks, and there is nothing to do',
    blocked: first !== undefined,
    checks,
    fix: first?.fix ?? [],
    unknown: unknownOf(sources, view),
  }
}

const ok = (check: string, text: string): WhyNotCheck => ({ check, is: 'ok', text })
const blocks = (check: string, text: string, ...fix: string[]): WhyNotCheck => ({ check, is: 'blocks', text, fix })

const jobChecks = (sources: Sources, view: StatusView): WhyNotCheck[] => [
  deleted(sources),
  watched(sources, view),
  operator(sources),
  spec(sources, view),
  difference(view),
  suspended(sources, view),
  backOff(sources, view),
  step(sources, view),
  pods(sources, view),
  flink(sources, view),
  ...state(sources, view),
]

const deleted = ({ resource, kind }: Sources): WhyNotCheck => {
  const since = resource.metadata.deletionTimestamp
  if (!since) return ok('exists', `${kind} of generation ${resource.metadata.generation ?? 0}`)
  const left = resource.metadata.finalizers ?? []
  return left.length > 0
    ? { check: 'exists', is: 'goes on', text: `it is being deleted since ${since}; ${left.join(', ')} still holds it` }
    : ok('exists', `it is being deleted since ${since}`)
}

/** Whether anybody has ever looked at it: a status, or our finalizer. */
const watched = ({ resource, now }: Sources, view: StatusView): WhyNotCheck => {
  const seen = resource['status'] !== undefined || (resource.metadata.finalizers ?? []).length > 0
  const age = now - Date.parse(resource.metadata.creationTimestamp ?? '')
  if (seen) return ok('watched', `an operator keeps its status (generation ${view.observedGeneration ?? '–'} seen)`)
  return age > deafMs
    ? blocks(
        'watched',
        `no operator has looked at it since it was created`,
        `see which namespaces the operator watches: kubernetes.operator.watched.namespaces must name ${resource.metadata.namespace ?? 'default'} or be empty`,
        'on a home: drey up without --no-operator',
      )
    : { check: 'watched', is: 'goes on', text: 'it was created a moment ago' }
}

const operator = ({ operator: { alive, by } }: Sources): WhyNotCheck => {
  if (!alive.known) return { check: 'operator', is: 'unknown', text: alive.why }
  return alive.value
    ? ok('operator', `alive (${by})`)
    : blocks(
        'operator',
        `no operator runs (${by})`,
        'on a home: drey up',
        'elsewhere: kubectl get pods -A | grep operator',
      )
}

const spec = ({ resource, kind }: Sources, view: StatusView): WhyNotCheck => {
  if (!view.refused) return ok('spec', 'valid, as far as the operator said')
  const { name, namespace = 'default' } = resource.metadata
  return blocks(
    'spec',
    `the new spec is refused: ${view.error}`,
    `correct the field: kubectl edit ${kind === 'FlinkDeployment' ? 'flinkdep' : 'sessionjob'} ${name} -n ${namespace}`,
    'check first: drey validate -f FILE',
  )
}

const difference = (view: StatusView): WhyNotCheck => {
  if (!view.recorded) return { check: 'differs', is: 'goes on', text: 'nothing was ever deployed' }
  if (view.rolledBack && (!view.diff || view.diff.type === 'IGNORE'))
    return ok('differs', 'the spec is the one that did not get stable; the last stable spec runs instead')
  if (!view.diff || view.diff.type === 'IGNORE')
    return ok(
      'differs',
      view.changes.length > 0
        ? `only what needs no redeployment: ${view.changes.map(changeText).join(', ')}`
        : 'the spec is what is deployed',
    )
  return {
    check: 'differs',
    is: 'goes on',
    text: `${view.changes.slice(0, 4).map(changeText).join(', ')} (${view.diff.type.toLowerCase()})`,
  }
}

const suspended = ({ resource, kind }: Sources, view: StatusView): WhyNotCheck => {
  if (!view.wantsSuspended) return ok('suspended', 'not by you')
  const { name, namespace = 'default' } = resource.metadata
  return blocks(
    'suspended',
    `spec.job.state is suspended${!view.recorded ? ', so nothing is deployed' : view.suspended ? '' : ', and it is being stopped'}`,
    `run it again: kubectl patch ${kind === 'FlinkDeployment' ? 'flinkdep' : 'sessionjob'} ${name} -n ${namespace} --type merge -p '{"spec":{"job":{"state":"running"}}}'`,
  )
}

const retryMs = 60_000
const backOff = ({ now }: Sources, view: StatusView): WhyNotCheck => {
  const since = view.trigger?.since
  const failedSavepoint = view.phase === 'settled' && view.error?.startsWith('Savepoint failed') === true
  if (failedSavepoint) {
    const left = since === undefined ? 0 : since + retryMs - now
    return blocks(
      'back-off',
      `the last savepoint failed (${view.error})${left > 0 ? `; the next attempt in ${Math.ceil(left / 1000)} s` : '; it is tried again about once a minute'}`,
      'see why: drey logs NAME',
      'give up the savepoint: spec.job.upgradeMode: last-state',
    )
  }
  if (view.error?.includes('Manual restore required'))
    return blocks(
      'back-off',
      view.error,
      'name the state to resume from: spec.job.initialSavepointPath, and change spec.job.savepointRedeployNonce',
    )
  return ok('back-off', 'none')
}

const step = (sources: Sources, view: StatusView): WhyNotCheck => {
  if (view.rolledBack)
    return blocks(
      'step',
      'the spec did not get stable in time and was rolled back; the last stable one runs',
      'correct the spec: the next change is deployed again',
    )
  if (!isUnderWay(view)) return ok('step', 'nothing under way')
  const waits = waitsForOf(sources, view)
  return {
    check: 'step',
    is: 'goes on',
    text: !waits || waits.startsWith('pod ') ? `${stepName(view)} is under way` : `waiting for ${waits}`,
  }
}

const stepName = ({ phase }: StatusView): string => (phase === 'settled' || phase === 'first' ? 'the start' : phase)

const pods = (sources: Sources, view: StatusView): WhyNotCheck => {
  const { pods: seen, kind, parent } = sources
  if (kind === 'FlinkSessionJob') {
    if (!parent?.known) return { check: 'cluster', is: 'unknown', text: parent?.why ?? '' }
    const waits = waitsForOf(sources, view)
    const name = (view.spec as { deploymentName?: string }).deploymentName
    const fix = name ? `drey why-not FlinkDeployment/${name}` : 'name one: spec.deploymentName'
    return waits?.includes('session cluster')
      ? blocks('cluster', `it waits for ${waits}`, fix)
      : ok('cluster', 'its session cluster is ready')
  }
  if (!seen.known) return { check: 'pods', is: 'unknown', text: seen.why }
  const stuck = seen.value.find((pod) => pod.waits && !pod.deleting)
  if (stuck)
    return blocks(
      'pods',
      `pod ${stuck.name} cannot start: ${stuck.waits?.reason}: ${stuck.waits?.message}`,
      `kubectl describe pod ${stuck.name} -n ${sources.resource.metadata.namespace ?? 'default'}`,
    )
  const alive = seen.value.filter(({ deleting }) => !deleting)
  return ok(
    'pods',
    alive.length === 0 ? 'none' : `${alive.filter(({ ready }) => ready).length} of ${alive.length} ready`,
  )
}

const flink = ({ flink: sight, kind }: Sources, view: StatusView): WhyNotCheck => {
  if (view.suspended || (kind === 'FlinkDeployment' && view.jobManager !== 'READY' && view.job.state !== 'RUNNING'))
    return ok('flink', 'nothing to ask')
  return sight.known ? ok('flink', 'the JobManager answers') : { check: 'flink', is: 'unknown', text: sight.why }
}

/** Beyond what could hold anything up: how the job itself fares. */
const state = ({ resource }: Sources, view: StatusView): WhyNotCheck[] => {
  if (view.lifecycle !== 'FAILED' || view.refused || view.error?.includes('Manual restore required')) return []
  return [
    blocks(
      'job',
      `the job has failed: ${view.error ?? 'no reason was recorded'}`,
      `drey logs ${resource.metadata.name}`,
      'a changed spec deploys it again from its last state',
    ),
  ]
}

const snapshotChecks = (sources: Sources): WhyNotCheck[] => {
  const { resource, parent } = sources
  const { spec: wanted, status } = resource as unknown as FlinkStateSnapshot
  const state = status?.state ?? 'TRIGGER_PENDING'
  const reference = wanted?.jobReference
  const job = `${reference?.kind ?? 'FlinkDeployment'} ${reference?.name ?? '?'}`
  const jobState = parent?.known
    ? ((parent.value?.['status'] ?? {}) as { jobStatus?: { state?: string } }).jobStatus?.state
    : undefined
  return [
    deleted(sources),
    status === undefined
      ? { check: 'watched', is: 'goes on', text: 'no operator has looked at it yet' }
      : ok('watched', 'an operator keeps its status'),
    operator(sources),
    !parent?.known
      ? { check: 'job', is: 'unknown', text: parent?.why ?? '' }
      : parent.value === undefined
        ? blocks('job', `${job} does not exist`, 'name an existing one in spec.jobReference')
        : jobState === 'RUNNING' || state === 'COMPLETED'
          ? ok('job', `${job} is ${jobState ?? 'there'}`)
          : blocks(
              'job',
              `${job} is ${jobState ?? 'not submitted'}, and only a running job can be snapshotted`,
              `drey why-not ${reference?.kind ?? 'FlinkDeployment'}/${reference?.name ?? ''}`,
            ),
    state === 'FAILED' || state === 'ABANDONED'
      ? blocks('snapshot', `it is ${state}: ${status?.error ?? 'no reason was recorded'}`, 'create another one')
      : state === 'COMPLETED'
        ? ok('snapshot', `completed at ${status?.path ?? '?'}`)
        : {
            check: 'snapshot',
            is: 'goes on',
            text: `it is ${state}${status?.failures ? ` after ${status.failures} failures` : ''}`,
          },
  ]
}
