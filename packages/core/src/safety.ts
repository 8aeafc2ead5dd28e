/**
 * The pair assertion: what a decision may never do, judged by the stored object and the decision alone, in other words than the rules'.
 * Asked in production before the decision is recorded and again before it is carried out, with what the API server has really stored;
 * whoever breaks one of these is stopped and told about. The simulation asks the same.
 */
import type { FlinkDeployment, FlinkSessionJob } from '@drey/api'
import type { Decision, KubeAction } from '@drey/reconcile'
import type { Action } from './action.ts'
import type { DeploymentObserved } from './deployment/observed.ts'
import { modeOf, ownedRefs } from './cluster/index.ts'
import { lastStateMark } from './job/view.ts'
import type { SessionJobObserved } from './session-job/observed.ts'
import { readRecordedSpec } from './spec/index.ts'

export interface SafetyViolation {
  rule: 'one identity' | 'resume point first' | 'no older state' | 'intent first' | 'uid'
  message: string
}

type Resource = FlinkDeployment | FlinkSessionJob
type Status = NonNullable<FlinkDeployment['status'] & FlinkSessionJob['status']>
type Wish = { upgradeMode?: string | null; savepointRedeployNonce?: number | null }

/** What all kinds with a job have in common. `before` is the object as it was judged. */
const common = (before: Resource, after: Status, actions: readonly Action[]): SafetyViolation[] => {
  const found: SafetyViolation[] = []
  const say = (rule: SafetyViolation['rule'], message: string) => found.push({ rule, message })
  const deleting = Boolean(before.metadata.deletionTimestamp)
  const state = after.reconciliationStatus?.state
  const changing = deleting || state === 'UPGRADING' || state === 'ROLLING_BACK'
  const { jobStatus } = after
  const had = before.status?.jobStatus?.upgradeSavepointPath
  const begins =
    before.status?.reconciliationStatus?.state === 'UPGRADING' && recordOf(before)?.firstDeployment === true
  if (!deleting && !begins && had && had !== lastStateMark && !jobStatus?.upgradeSavepointPath && !consents(before))
    say('no older state', `the recorded state ${had} is forgotten although nobody asked for a start without it`)
  for (const action of actions)
    switch (action.do) {
      case 'delete':
        if (!action.uid) say('uid', `${action.ref.type.kind} ${action.ref.name} is deleted without naming its uid`)
        break
      case 'stop-with-savepoint':
      case 'savepoint':
        if (action.trigger !== jobStatus?.savepointInfo?.triggerId)
          say('intent first', `savepoint ${action.trigger} is asked for without being recorded`)
        break
      case 'checkpoint':
        if (action.trigger !== jobStatus?.checkpointInfo?.triggerId)
          say('intent first', `checkpoint ${action.trigger} is asked for without being recorded`)
        break
      case 'cancel':
        if (!changing) say('intent first', `the job is cancelled while the recorded state is ${state}`)
        break
    }
  return found
}

const recordOf = (before: Resource) =>
  readRecordedSpec<{ job?: Wish }>(before.status?.reconciliationStatus?.lastReconciledSpec)

/** The user's spec allows a start without the recorded state: stateless, or a redeploy nonce that is not fulfilled yet. */
const consents = (before: Resource): boolean => {
  const wanted = before.spec?.job as Wish | undefined
  const recorded = recordOf(before)?.spec.job
  return (
    (wanted?.upgradeMode ?? 'stateless') === 'stateless' ||
    (wanted?.savepointRedeployNonce ?? undefined) !== (recorded?.savepointRedeployNonce ?? undefined)
  )
}

/** The user's spec names what to start from, whatever there is. */
const restarts = (before: Resource): boolean => {
  const wanted = before.spec?.job
  return (
    consents(before) ||
    ((wanted?.savepointRedeployNonce ?? undefined) !== undefined &&
      before.status?.jobStatus?.upgradeSavepointPath === wanted?.initialSavepointPath)
  )
}

export const deploymentSafety = (
  before: FlinkDeployment,
  observed: DeploymentObserved,
  decision: Pick<Decision<FlinkDeployment['status'], Action>, 'status' | 'actions'>,
): SafetyViolation[] => {
  const after = (decision.status ?? before.status ?? {}) as Status
  const found = common(before, after, decision.actions)
  if (decision.actions.length === 0) return found
  const say = (rule: SafetyViolation['rule'], message: string) => found.push({ rule, message })
  const { name } = before.metadata
  const { cluster } = observed
  const deleting = Boolean(before.metadata.deletionTimestamp)
  const recorded = readRecordedSpec<{ job?: Wish }>(after.reconciliationStatus?.lastReconciledSpec)?.spec
  const state = after.reconciliationStatus?.state
  const path = after.jobStatus?.upgradeSavepointPath
  const mode = recorded?.job?.upgradeMode ?? 'stateless'
  const ended = ['FINISHED', 'FAILED', 'CANCELED'].includes(after.jobStatus?.state ?? '')
  // CRDs of earlier releases prune observedGeneration.
  const generation = String(after.observedGeneration ?? before.metadata.generation)
  const { isHaMap, isCheckpointKey } = ownedRefs(
    name,
    before.metadata.namespace ?? 'default',
    modeOf(before.spec ?? {}),
  ).haMetadata
  const changing = state === 'UPGRADING' || state === 'ROLLING_BACK'
  for (const action of decision.actions) {
    if (action.do === 'create' && action.object.kind === 'Deployment' && action.object.metadata.name === name) {
      const { jobManager } = cluster
      if (!changing || after.jobManagerDeploymentStatus !== 'MISSING' || !recorded)
        say('intent first', `a cluster is created while the recorded state is ${state}`)
      if (jobManager && (jobManager.deleting || jobManager.generation !== generation))
        say('one identity', 'a cluster is created while another one of its name still exists')
      if (!jobManager && cluster.pods.some((pod) => pod.component === 'jobmanager'))
        say('one identity', 'a cluster is created while pods of an earlier JobManager still exist')
      if (recorded?.job && !after.jobStatus?.jobId)
        say('intent first', 'a cluster is created without a recorded job id')
      const jobId = before.status?.jobStatus?.jobId
      const held = cluster.ha.some((map) => jobId && map.name.includes(jobId) && map.keys.some(isCheckpointKey))
      if (recorded?.job && mode === 'stateless' && held && after.jobStatus?.jobId !== jobId && !consents(before))
        say('no older state', 'a cluster is created empty although HA metadata holds a checkpoint of its job')
      if (recorded?.job && mode === 'savepoint' && path === lastStateMark)
        say('no older state', 'a cluster is created although the place of its state is not known')
    }
    if (isDelete(action, 'Deployment', name) && !deleting) {
      if (!changing && !ended) say('intent first', `the JobManager is deleted while the recorded state is ${state}`)
      if (changing && recorded?.job && mode === 'savepoint' && path === lastStateMark)
        say('resume point first', 'the JobManager is deleted although the place of the state is not known')
      // What has not ended may have newer state than the recorded one, unless the JobManager goes only as it was when it had not started.
      if (changing && recorded?.job && mode === 'savepoint' && !ended && !action.resourceVersion && !restarts(before))
        say(
          'resume point first',
          'the JobManager is deleted, whatever has become of it, although its job has not ended',
        )
      const metadata = cluster.ha.some((map) => isHaMap(map.name))
      if (changing && recorded?.job && mode === 'last-state' && !metadata && !consents(before))
        say('resume point first', 'the JobManager is deleted for a start from HA metadata, of which there is none')
    }
    if (action.do === 'delete' && action.ref.type.kind === 'ConfigMap' && isHaMap(action.ref.name) && !deleting) {
      const holds = cluster.ha.some((map) => map.name === action.ref.name && map.keys.some(isCheckpointKey))
      if (cluster.jobManager) say('resume point first', 'HA metadata is deleted while its JobManager exists')
      if (!recorded?.job) say('resume point first', 'HA metadata of a session cluster is deleted, which holds its jobs')
      if (holds && (mode === 'last-state' || (mode === 'savepoint' && path === lastStateMark)))
        say('resume point first', `HA metadata ${action.ref.name} is deleted before a resume point is recorded`)
    }
  }
  return found
}

const isDelete = (action: Action, kind: string, name: string): action is Extract<KubeAction, { do: 'delete' }> =>
  action.do === 'delete' && action.ref.type.kind === kind && action.ref.name === name

export const sessionJobSafety = (
  before: FlinkSessionJob,
  observed: SessionJobObserved,
  decision: Pick<Decision<FlinkSessionJob['status'], Action>, 'status' | 'actions'>,
): SafetyViolation[] => {
  const after = (decision.status ?? before.status ?? {}) as Status
  const found = common(before, after, decision.actions)
  const say = (rule: SafetyViolation['rule'], message: string) => found.push({ rule, message })
  const state = after.reconciliationStatus?.state
  const path = after.jobStatus?.upgradeSavepointPath
  for (const action of decision.actions) {
    if (action.do !== 'run-jar') continue
    const { jobId } = action.job
    if (jobId !== after.jobStatus?.jobId || (state !== 'UPGRADING' && state !== 'ROLLING_BACK'))
      say('intent first', `job ${jobId} is submitted without being recorded`)
    if (before.metadata.deletionTimestamp)
      say('intent first', 'a job is submitted for a resource that is being deleted')
    const earlier = before.status?.jobStatus?.jobId
    const jobs = observed.flink.jobs?.known ? observed.flink.jobs.value : []
    const running = jobs.find((job) => job.jobId === earlier && !['FINISHED', 'FAILED', 'CANCELED'].includes(job.state))
    if (earlier && earlier !== jobId && running)
      say('one identity', `job ${jobId} is submitted while ${earlier} is ${running.state}`)
    if ((path ?? undefined) !== action.run.savepointPath)
      say(
        'no older state',
        `job ${jobId} starts from ${action.run.savepointPath ?? 'nothing'} although ${path ?? 'nothing'} is recorded`,
      )
  }
  return found
}

/** The pair assertion as a guard of a controller: an unsafe decision is replaced by one that holds and alarms. */
export const guardedBy =
  <R, O, S>(safety: (before: R, observed: O, decision: Decision<S, Action>) => readonly SafetyViolation[]) =>
  (before: R, observed: O, decision: Decision<S, Action>): Decision<S, Action> => {
    const violations = decision.rule === heldRule ? [] : safety(before, observed, decision)
    return violations.length === 0 ? decision : held(decision, violations)
  }

/** What is done instead of an unsafe decision: nothing, loudly. */
export const held = <S>(decision: Decision<S, Action>, violations: readonly SafetyViolation[]): Decision<S, Action> => {
  const message = `${decision.rule} was held back: ${violations.map((one) => `${one.rule}: ${one.message}`).join('; ')}. This is a defect of the operator; nothing was done.`
  return {
    rule: heldRule,
    because: message,
    status: undefined,
    actions: [],
    events: [{ type: 'Warning', reason: 'SafetyHold', message, component: 'Operator' }],
    finalizer: 'none',
    lookAgainMs: 60_000,
  }
}

export const heldRule = 'hold'
