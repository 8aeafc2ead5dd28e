/** Known defects, put back one at a time: what a simulation must catch to be worth its name. Each is an edit of production source. */

import type { SweepKind } from '../variations.ts'

export interface Mutant {
  name: string
  /** where such a thing happened or was feared: upstream's windows, or this repository's own history (found by simulation) */
  like: string
  edits: readonly { file: string; find: string; put: string }[]
  /** where to look first; all scenarios follow */
  scenarios: readonly string[]
  /** what brings it out; by default crashes first */
  kinds?: readonly SweepKind[]
  /** only at calls whose path says this */
  at?: string
}

const core = 'packages/core/src/'
const session = core + 'session-job/'
const edit = (file: string, find: string, put: string) => ({ file, find, put })

export const mutants: readonly Mutant[] = [
  {
    name: 'act before record',
    like: 'W-1, W-5, W-10',
    edits: [
      edit(
        'packages/reconcile/src/cycle.ts',
        "if (decision.finalizer === 'hold') resource = await ports.hold(resource)",
        "if (decision.finalizer === 'hold') resource = await ports.hold(resource)\n    if (decision.actions.length > 0) await ports.act(resource, decision.actions)",
      ),
    ],
    scenarios: ['upgrade (savepoint)'],
  },
  {
    name: 'the savepoint’s path is not stored before the cluster goes',
    like: 'W-1',
    edits: [
      edit(
        core + 'deployment/rules/continue-savepoint.ts',
        'savepointInfo: { ...forgotten(pass), ...taken.info }',
        'savepointInfo: { ...forgotten(pass), ...taken.info }, path: draft.job.path',
      ),
    ],
    scenarios: ['upgrade (savepoint)'],
  },
  {
    name: 'a savepoint is asked for under an id that is not stored',
    like: 'W-5, W-8',
    edits: [
      edit(
        core + 'deployment/rules/continue-savepoint.ts',
        "  const trigger = info.triggerId ?? ''",
        "  const trigger = [...(info.triggerId ?? '')].reverse().join('')",
      ),
    ],
    scenarios: ['upgrade (savepoint)', 'JobManager killed while the savepoint'],
  },
  {
    name: 'an unknown trigger means done',
    like: 'trial of the method',
    edits: [
      edit(
        core + 'job/savepoint-progress.ts',
        "case 'unknown':\n      break",
        "case 'unknown':\n      return { is: 'taken', location: '' }",
      ),
    ],
    scenarios: ['upgrade (savepoint)', 'JobManager killed while the savepoint'],
  },
  {
    name: 'a savepoint in progress means done',
    like: 'FLINK-40092',
    edits: [
      edit(
        core + 'job/savepoint-progress.ts',
        "case 'in-progress':",
        "case 'in-progress':\n      return { is: 'taken', location: '' }",
      ),
    ],
    scenarios: ['upgrade (savepoint)'],
  },
  {
    name: 'HA metadata goes although it holds the state',
    like: 'W-1, W-14',
    edits: [
      edit(
        core + 'deployment/steps/remove.ts',
        "!pass.view.application || restoreModeOf(pass.draft) === 'last-state'",
        'false',
      ),
    ],
    scenarios: ['upgrade (last state)'],
  },
  {
    name: 'HA metadata stays behind',
    like: 'W-15',
    edits: [
      edit(
        core + 'deployment/rules/teardown.ts',
        "removal(deleting, { ha: 'delete' })",
        "removal(deleting, { ha: 'keep' })",
      ),
    ],
    scenarios: ['deleted while it runs (HA)'],
  },
  {
    name: 'the absence of the old cluster is assumed',
    like: 'W-14',
    edits: [
      edit(
        core + 'deployment/steps/remove.ts',
        'if (!pass.view.clusterIsGone)',
        'if (cluster.jobManager && !cluster.jobManager.deleting)',
      ),
    ],
    scenarios: ['upgrade (savepoint)', 'upgrade (last state)', 'upgrade (savepoint, standalone)'],
  },
  {
    name: 'only the Deployment counts as the old cluster',
    like: 'W-14',
    edits: [edit(core + 'deployment/view.ts', 'cluster.pods.length === 0 &&', 'true &&')],
    scenarios: ['old pods end slowly', 'the Deployment is lost and its pods end slowly'],
  },
  {
    name: 'a new job id at each try',
    like: 'W-13',
    edits: [edit(core + 'deployment/steps/deploy.ts', "restore.jobId === 'same' || sameSpec", 'false')],
    scenarios: ['upgrade (last state)', 'first deployment'],
  },
  {
    name: 'released before anything is gone',
    like: 'W-17',
    edits: [edit(core + 'deployment/rules/teardown.ts', 'if (step.done)', 'if (step.waitsFor !== undefined)')],
    scenarios: ['deleted while it runs (HA)'],
  },
  {
    name: 'no finalizer is held',
    like: 'W-17',
    edits: [
      edit(
        'packages/reconcile/src/cycle.ts',
        "if (decision.finalizer === 'hold')",
        "if (decision.finalizer === ('never' as string))",
      ),
    ],
    scenarios: ['deleted while it runs (HA)'],
  },
  {
    name: 'the last checkpoint of an ended job is not looked up',
    like: 'W-2',
    edits: [
      edit(core + 'job/resume-point.ts', 'if (facts.latest) return facts.latest.path', 'if (facts.latest) return path'),
    ],
    scenarios: ['upgrade (last state by cancel)'],
  },
  {
    name: 'the cached statistics of a job that has just ended are believed',
    like: 'found by a counting job on real Flink',
    edits: [
      edit('packages/operator/src/ask-flink.ts', 'askedAt - endedAt >= ageMs + settleMs', 'askedAt - endedAt >= -1e12'),
    ],
    scenarios: ['upgrade (last state by cancel), watched', 'session job, upgrade (last-state), watched'],
  },
  {
    name: 'a job’s end is stored although its last checkpoint is not known',
    like: 'W-2, W-3; found here',
    edits: [
      edit(
        core + 'deployment/seen.ts',
        'isTerminal(state) &&\n    !view.observed.flink.checkpoints?.known',
        'view.now < 0 &&\n    !view.observed.flink.checkpoints?.known',
      ),
    ],
    scenarios: ['upgraded, then fails for good'],
    kinds: ['fault'],
    at: '/checkpoints',
  },
  {
    name: 'a failed look at the checkpoints means that there are none',
    like: 'W-2, W-34',
    edits: [edit('packages/flink/src/client.ts', 'if (isOff) return noCheckpoints', 'return noCheckpoints')],
    scenarios: ['upgrade (last state by cancel)', 'somebody cancels the job'],
    kinds: ['fault'],
    at: '/checkpoints',
  },
  {
    name: 'a rollback takes the mode of the stable spec',
    like: 'found here',
    edits: [
      edit(
        core + 'deployment/steps/restore.ts',
        'rollingBack ? mode : wantedMode(',
        "rollingBack ? ((spec?.job?.upgradeMode ?? 'stateless') as UpgradeMode) : wantedMode(",
      ),
    ],
    scenarios: ['rollback (last state)'],
  },
  {
    name: 'a refused spec is replaced by the recorded one, mode included',
    like: 'found here',
    edits: [
      edit(
        core + 'deployment/target.ts',
        "wanted === 'savepoint' || wanted === 'last-state' ? wanted : job?.upgradeMode",
        'job?.upgradeMode',
      ),
    ],
    scenarios: ['an invalid edit, then the job fails', 'an invalid edit, then the Deployment'],
  },
  {
    name: 'a job cancelled by hand is resumed by the recorded mode',
    like: 'found here',
    edits: [
      edit(
        core + 'deployment/rules/settle.ts',
        "upgradeMode: stateless ? 'stateless' : 'savepoint'",
        "upgradeMode: 'stateless'",
      ),
    ],
    scenarios: ['somebody cancels the job'],
  },
  {
    name: 'clusters carry the generation of a refused spec',
    like: 'found here',
    edits: [
      edit(
        core + 'deployment/steps/deploy.ts',
        'generation: view.target.generation,\n    jobId',
        'generation: view.generation,\n    jobId',
      ),
    ],
    scenarios: ['an invalid edit in the middle'],
  },
  {
    name: 'failed savepoints are repeated at once',
    like: 'found here',
    edits: [edit(core + 'deployment/rules/stop-job.ts', 'view.now - last < retryMs', 'view.now - last < -1')],
    scenarios: ['the storage is full for two minutes'],
  },
  {
    name: 'a start that never reached a checkpoint begins empty instead of from its path',
    like: 'W-4',
    edits: [
      edit(
        core + 'job/plan-restore.ts',
        "if (path) return { from: 'path', path, jobId: 'same' }",
        "if (path) return { from: 'path', path: undefined, jobId: 'same' }",
      ),
    ],
    scenarios: ['JobManager Deployment deleted right after', 'an upgrade right after an upgrade'],
  },
  {
    name: 'the predecessor’s submitted job stays in HA metadata',
    like: 'W-33',
    edits: [
      edit(
        core + 'deployment/steps/deploy.ts',
        '(view.application ? withoutSubmittedJobs(pass) : [])',
        '([] as Action[])',
      ),
    ],
    scenarios: ['new parallelism (last state)'],
  },
  {
    name: 'status is merged, not replaced',
    like: 'W-11, W-12',
    edits: [edit('packages/kube/src/merge-patch.ts', 'patch[key] = null', 'void patch')],
    scenarios: ['upgrade (savepoint)'],
  },
  {
    name: 'status is written without a version',
    like: 'W-11, W-25',
    edits: [
      edit(
        'packages/kube/src/ports.ts',
        'metadata: { resourceVersion: resource.metadata.resourceVersion },\n            ...(patch',
        '...(patch',
      ),
    ],
    scenarios: ['two operators around a hand-over'],
  },
  {
    name: 'acts that need no new status are not fenced',
    like: 'W-25',
    edits: [
      edit(
        'packages/kube/src/ports.ts',
        'if (patch === undefined && !(fence && options.fenced)) return resource',
        'if (patch === undefined) return resource',
      ),
    ],
    scenarios: ['two operators around a hand-over'],
    kinds: ['stale'],
  },
  {
    name: 'one look without an answer, and the JobManager is removed unheard',
    like: 'W-3; found here',
    edits: [edit(core + 'job/plan-suspend.ts', 'view.silentMs < silenceMs', 'false && view.silentMs < silenceMs')],
    scenarios: ['job fails while it is being stopped', 'the job is cancelled just before we cancel it'],
    kinds: ['fault'],
    at: '/jobs/overview',
  },
  {
    name: 'an old cache may say that a JobManager never started',
    like: 'stale cache trusted; found here',
    edits: [
      edit(
        core + 'deployment/questions.ts',
        'if (!observed.cluster.jobManager?.neverAvailable) return false',
        'if (observed.now > 0) return false',
      ),
      edit(core + 'deployment/steps/remove.ts', '...(o.unstarted && cluster.jobManager.resourceVersion', '...(!o.ha'),
    ],
    scenarios: ['edited while the first deployment starts'],
    kinds: ['stale'],
  },
  {
    name: 'a JobManager that never started goes, whatever has become of it meanwhile',
    like: 'found here',
    edits: [
      edit(core + 'deployment/steps/remove.ts', '...(o.unstarted && cluster.jobManager.resourceVersion', '...(!o.ha'),
    ],
    scenarios: ['edited while the first deployment starts'],
    kinds: ['late'],
  },
  {
    name: 'a finished job that is forgotten is not finished',
    like: 'W-16',
    edits: [
      edit(
        core + 'deployment/seen.ts',
        "if (isTerminal(draft.job.state) || draft.job.state === 'RECONCILING'",
        "if (draft.job.state === 'RECONCILING'",
      ),
    ],
    scenarios: ['bounded job finishes, its JobManager is killed'],
  },
  {
    name: 'a lost cluster is deployed without state',
    like: 'W-10',
    edits: [
      edit(
        core + 'deployment/rules/recover-cluster.ts',
        "mode: ha ? 'last-state' : 'stateless',\n          first",
        "mode: 'stateless',\n          first",
      ),
    ],
    scenarios: ['JobManager Deployment deleted, background'],
  },
  {
    name: 'deletes do not name the uid',
    like: 'recreated under the same name',
    edits: [
      edit(
        'packages/kube/src/client.ts',
        '...(options.uid ? { preconditions: { uid: options.uid, ...asRead(options) } } : {}),',
        '',
      ),
    ],
    scenarios: ['upgrade (savepoint)'],
  },
  {
    name: 'any Deployment of that name is adopted',
    like: 'W-35',
    edits: [
      edit(
        core + 'deployment/rules/continue-deploy.ts',
        'if (jobManager.deleting || !isOfRecordedGeneration(view))',
        'if (false as boolean)',
      ),
    ],
    scenarios: ['the creation of an earlier attempt', 'edited while the new cluster is being created'],
  },
  {
    name: 'a redeploy nonce is swallowed by another change',
    like: 'W-26; found here',
    edits: [
      edit(
        core + 'job/recorded-job.ts',
        '...(o.redeploys ? {} : { savepointRedeployNonce: previous.savepointRedeployNonce }),',
        '',
      ),
    ],
    scenarios: ['savepointRedeployNonce while'],
  },
  {
    name: 'no way out of a start that cannot find its state',
    like: 'W-19; found here',
    edits: [edit(core + 'deployment/rules/continue-operation.ts', 'if (redeploys && ', 'if (false && redeploys && ')],
    scenarios: ['HA metadata deleted by hand in the middle of an upgrade (last state), and'],
  },
  {
    name: 'left-overs of another job count as HA metadata',
    like: 'W-15',
    edits: [edit(core + 'deployment/view.ts', "map.name.includes(now.job.id ?? '-')", 'true')],
    scenarios: ['left-overs of an earlier job'],
  },
  {
    name: 'a suspended job goes on running in the status',
    like: 'found here',
    edits: [
      edit(
        core + 'deployment/steps/suspended.ts',
        "pass.draft.jobManager === 'MISSING' && !isTerminal",
        "pass.draft.jobManager === ('' as string) && !isTerminal",
      ),
    ],
    scenarios: ['suspend and stay (last state)'],
  },
  {
    name: 'an earlier attempt counts as the final savepoint',
    like: 'W-22; found here',
    edits: [
      edit(core + 'deployment/rules/teardown.ts', "Date.parse(view.resource.metadata.deletionTimestamp ?? '')", '1'),
    ],
    scenarios: ['a failed upgrade is reverted, then deleted'],
  },
  {
    name: 'a last-state start may begin empty',
    like: 'W-19, W-15',
    edits: [edit(core + 'deployment/steps/deploy.ts', "requireHa: restore?.from === 'ha',", 'requireHa: false,')],
    scenarios: ['HA metadata and JobManager Deployment deleted'],
  },
  {
    name: 'a suspended job runs again in a JobManager that starts again',
    like: 'found here',
    edits: [
      edit(
        core + 'deployment/rules/end-suspended.ts',
        "if (view.phase !== 'settled'",
        "if (view.now > 0 || view.phase !== 'settled'",
      ),
    ],
    scenarios: ['suspended without HA, its JobManager'],
  },
  // session jobs --------------------------------------------------------------------------------------------------------------
  {
    name: 'a session job whose cluster does not answer is released at once',
    like: 'W-17 (b, c)',
    edits: [
      edit(
        session + 'rules/teardown.ts',
        'if (view.now - since > limitMs)\n      return release(',
        'if (view.now - since >= 0)\n      return release(',
      ),
    ],
    scenarios: ['session job deleted while its JobManager restarts', 'session job deleted while nobody answers'],
  },
  {
    name: 'a session job whose end is seen goes before its final savepoint is told',
    like: 'found here',
    edits: [
      edit(
        session + 'rules/teardown.ts',
        "if (!triggerId || triggerType !== 'UPGRADE'",
        "if (pass.view.now > 0 || !triggerId || triggerType !== 'UPGRADE'",
      ),
    ],
    scenarios: ['session job deleted with a final savepoint'],
  },
  {
    name: 'a session job that its cluster does not know for a moment is released',
    like: 'W-17 (a)',
    edits: [edit(session + 'rules/teardown.ts', 'return mayAppear && leftMs > 0', 'return mayAppear && leftMs > 1e12')],
    scenarios: ['session job deleted right after its submission, and the list'],
  },
  {
    name: 'a session job is released without the end of its job',
    like: 'W-17',
    edits: [
      edit(
        session + 'rules/teardown.ts',
        "because: 'the job is being cancelled',\n    actions",
        "because: 'the job is being cancelled',\n    finalizer: 'release',\n    actions",
      ),
    ],
    scenarios: ['session job deleted'],
    kinds: ['late', 'fault'],
    at: 'mode=cancel',
  },
  {
    name: 'a session job gets a new id at each try',
    like: 'W-13',
    edits: [
      edit(
        session + 'steps.ts',
        "idFor(view.uid, view.generation, 'job', view.now)",
        "idFor(view.uid, view.generation, 'job', view.now, Math.random())",
      ),
      edit(session + 'rules/continue-operation.ts', 'draft.job.id !== undefined &&', 'false &&'),
    ],
    scenarios: ['session job'],
  },
  {
    name: 'a finished session job that is forgotten runs again',
    like: 'W-16',
    edits: [edit(session + 'seen.ts', 'if (isTerminal(draft.job.state) || (draft.job', 'if ((draft.job')],
    scenarios: ['bounded session job finishes'],
  },
  {
    name: 'a session job that its cluster lost is run again without its state',
    like: 'W-10, W-16',
    edits: [
      edit(
        session + 'rules/restart-job.ts',
        'if (!lost || !stateless) return undefined',
        'if (!lost) return undefined',
      ),
    ],
    scenarios: ['session job with state, JobManager killed without HA'],
  },
  {
    name: 'the savepoint of a session job is not what it resumes from',
    like: 'W-1',
    edits: [
      edit(
        session + 'steps.ts',
        "const from = first ? path : restore.from === 'path' ? restore.path : undefined",
        'const from = first ? path : undefined',
      ),
    ],
    scenarios: ['session job, upgrade (savepoint)'],
  },
  {
    name: 'a session job cancelled by hand is resumed by the recorded mode',
    like: 'found here',
    edits: [edit(session + 'rules/settle.ts', "mode: stateless ? 'stateless' : 'savepoint'", "mode: 'stateless'")],
    scenarios: ['somebody cancels a session job'],
  },
  {
    name: 'jobs submitted to a session cluster are taken out of its HA metadata',
    like: 'found here',
    edits: [
      edit(
        core + 'deployment/steps/deploy.ts',
        '(view.application ? withoutSubmittedJobs(pass) : [])',
        'withoutSubmittedJobs(pass)',
      ),
    ],
    scenarios: ['session job, its cluster is upgraded'],
  },
  {
    name: 'a session job is stopped under an id that is not stored',
    like: 'W-5, W-8',
    edits: [
      edit(
        session + 'steps.ts',
        'actions: [stopAction(pass, trigger)]',
        "actions: [stopAction(pass, idFor(trigger, 'x'))]",
      ),
    ],
    scenarios: ['session job, upgrade (savepoint)'],
  },
  // snapshots -----------------------------------------------------------------------------------------------------------------
  {
    name: 'a snapshot is asked for under a new id at each try',
    like: 'W-5',
    edits: [
      edit(
        core + 'snapshot/view.ts',
        "trigger: status.triggerId ?? idFor(resource.metadata.uid ?? '', kind, failures)",
        "trigger: idFor(resource.metadata.uid ?? '', kind, failures, now)",
      ),
    ],
    scenarios: ['snapshot resource: a savepoint'],
  },
  {
    name: 'a snapshot’s id is not stored',
    like: 'W-5, W-6',
    edits: [edit(core + 'snapshot/rules/trigger.ts', 'triggerId: view.trigger,', '')],
    scenarios: ['snapshot resource: a savepoint'],
    kinds: ['crash', 'late'],
  },
  {
    name: 'snapshots by nonce are named by the clock',
    like: 'W-7',
    edits: [
      edit(
        core + 'job/snapshots.ts',
        '`${situation.owner.name}-${kind}-manual-${situation.timestamp}-${due.nonce}`',
        '`${situation.owner.name}-${kind}-manual-${situation.now}-${due.nonce}`',
      ),
    ],
    scenarios: ['snapshots by nonce, as resources'],
  },
  {
    name: 'periodic snapshots are named by the clock',
    like: 'W-7',
    edits: [
      edit(core + 'job/snapshots.ts', '-periodic-${due.slot}`', '-periodic-${situation.now}`'),
      edit(
        core + 'job/snapshots.ts',
        'dueSlot(schedule, lastPeriodic(kind, situation), situation.now)',
        'dueSlot(schedule, recordedPeriodic(kind, situation), situation.now)',
      ),
    ],
    scenarios: ['periodic savepoints, as resources'],
  },
  {
    name: 'a nonce that came meanwhile is swallowed',
    like: 'W-26',
    edits: [
      edit(
        core + 'job/snapshots.ts',
        'return { because: `${kind}TriggerNonce ${due.nonce} is handled by ${name}`, handled: kind }',
        'return { because: `${kind}TriggerNonce ${due.nonce} is handled by ${name}` }',
      ),
    ],
    scenarios: ['snapshots by nonce, as resources'],
  },
  {
    name: 'the resume point of a stopped job is disposed of',
    like: 'W-22',
    edits: [
      edit(
        core + 'snapshot/rules/dispose.ts',
        'if (!view.job.running && view.job.resumesFrom === path)',
        'if (false as boolean)',
      ),
    ],
    scenarios: ['snapshot resource of a session job that is suspended'],
  },
  {
    name: 'a snapshot that is deleted while it is taken is let go',
    like: 'W-22',
    edits: [
      edit(
        core + 'snapshot/rules/dispose.ts',
        "if (view.status.state === 'IN_PROGRESS') return endAttempt(view, leftMs)",
        "if (view.status.state === 'IN_PROGRESS') return release(view, 'gone')",
      ),
    ],
    scenarios: ['snapshot resource deleted while it is taken'],
  },
  {
    name: 'a failed snapshot is tried again under the id that failed',
    like: 'Flink remembers failures',
    edits: [edit(core + 'snapshot/view.ts', 'kind, failures)', 'kind)')],
    scenarios: ['snapshot resource: two failures'],
  },
  {
    name: 'a snapshot whose job ended waits for ever',
    like: 'W-23',
    edits: [
      edit(
        core + 'snapshot/rules/trigger.ts',
        'if (!job?.running) return abandoned(view, rule)',
        "if (!job?.running) return answer(view, { rule, because: 'waiting' })",
      ),
    ],
    scenarios: ['snapshot resource abandoned'],
  },
]
