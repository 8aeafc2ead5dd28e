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
      edit(core + 'deployment/rules/continue-operation.ts', "state: 'FINISHED', path: location,", "state: 'FINISHED',"),
    ],
    scenarios: ['upgrade (savepoint)'],
  },
  {
    name: 'a savepoint is asked for under an id that is not stored',
    like: 'W-5, W-8',
    edits: [
      edit(
        core + 'deployment/rules/continue-operation.ts',
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
        core + 'deployment/steps.ts',
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
        core + 'deployment/steps.ts',
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
    edits: [edit(core + 'deployment/steps.ts', "restore.jobId === 'same' || sameSpec", 'false')],
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
    name: 'a job’s end is stored although its last checkpoint is not known',
    like: 'W-2, W-3; found here',
    edits: [
      edit(
        core + 'deployment/seen.ts',
        'if (isTerminal(state) && !view.observed.flink.checkpoints?.known',
        'if (false && isTerminal(state) && !view.observed.flink.checkpoints?.known',
      ),
    ],
    scenarios: ['upgraded, then fails for good'],
    kinds: ['fault'],
    at: '/checkpoints',
  },
  {
    name: 'a failed look at the checkpoints means that there are none',
    like: 'W-2, W-34',
    edits: [
      edit(
        'packages/flink/src/client.ts',
        'unless404(noCheckpoints, async () => parseCheckpoints(await get(at, `/jobs/${jobId}/checkpoints`))),',
        'get(at, `/jobs/${jobId}/checkpoints`).then(parseCheckpoints, () => noCheckpoints),',
      ),
    ],
    scenarios: ['upgrade (last state by cancel)', 'somebody cancels the job'],
    kinds: ['fault'],
    at: '/checkpoints',
  },
  {
    name: 'a rollback takes the mode of the stable spec',
    like: 'found here',
    edits: [edit(core + 'deployment/steps.ts', 'rollingBack ? mode :', 'rollingBack && false ? mode :')],
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
      edit(core + 'deployment/steps.ts', 'generation: view.target.generation },', 'generation: view.generation },'),
    ],
    scenarios: ['an invalid edit in the middle'],
  },
  {
    name: 'failed savepoints are repeated at once',
    like: 'found here',
    edits: [edit(core + 'deployment/rules/upgrade.ts', 'view.now - last < retryMs', 'view.now - last < -1')],
    scenarios: ['the first savepoint fails', 'job restarts while'],
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
    edits: [edit(core + 'deployment/steps.ts', '[...withoutSubmittedJobs(pass), ...creations', '[...creations')],
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
    ],
    scenarios: ['edited while the first deployment starts'],
    kinds: ['stale'],
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
      edit('packages/kube/src/client.ts', '...(options.uid ? { preconditions: { uid: options.uid } } : {}),', ''),
    ],
    scenarios: ['upgrade (savepoint)'],
  },
  {
    name: 'any Deployment of that name is adopted',
    like: 'W-35',
    edits: [
      edit(
        core + 'deployment/rules/continue-operation.ts',
        'if (jobManager.deleting || !isOfRecordedGeneration(view))',
        'if (false as boolean)',
      ),
    ],
    scenarios: ['edited while the new cluster is being created'],
  },
  {
    name: 'a redeploy nonce is swallowed by another change',
    like: 'W-26; found here',
    edits: [
      edit(
        core + 'deployment/pass.ts',
        '...(o.redeploys ? {} : { savepointRedeployNonce: previous.spec.job.savepointRedeployNonce }),',
        '',
      ),
    ],
    scenarios: ['savepointRedeployNonce while'],
  },
  {
    name: 'no way out of a start that cannot find its state',
    like: 'W-19; found here',
    edits: [edit(core + 'deployment/rules/continue-operation.ts', 'if (redeploys && ', 'if (false && redeploys && ')],
    scenarios: ['… and the way out'],
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
        core + 'deployment/steps.ts',
        "pass.draft.jobManager === 'MISSING' && !isTerminal",
        "pass.draft.jobManager === ('' as string) && !isTerminal",
      ),
    ],
    scenarios: ['HA metadata deleted while suspended'],
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
    edits: [edit(core + 'deployment/steps.ts', "...(restore?.from === 'ha' ? { requireHa: true } : {}),", '')],
    scenarios: ['HA metadata and JobManager Deployment deleted'],
  },
]
