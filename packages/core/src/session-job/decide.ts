/**
 * What a FlinkSessionJob needs next: the first rule that speaks. The cluster is someone else's: stopping a job removes no cluster, and
 * nothing is decided about a job while its cluster cannot be asked. The job id is written down before the job is submitted under it.
 */
import type { FlinkSessionJob } from '@drey/api'
import { firstOf } from '@drey/reconcile'
import type { SessionJobObserved } from './observed.ts'
import type { Pass, Rule, SessionJobDecision } from './pass.ts'
import { awaitCluster } from './rules/await-cluster.ts'
import { continueOperation } from './rules/continue-operation.ts'
import { firstDeploy } from './rules/first-deploy.ts'
import { refuseRecord, refuseSpec, withProblem } from './rules/refuse.ts'
import { rescale } from './rules/rescale.ts'
import { restartJob } from './rules/restart-job.ts'
import { rollBack } from './rules/roll-back.ts'
import { settle } from './rules/settle.ts'
import { beforeNextSnapshot, pendingSnapshot, snapshots } from './rules/snapshots.ts'
import { teardown } from './rules/teardown.ts'
import { upgrade } from './rules/upgrade.ts'
import { seenIn } from './seen.ts'
import { withItsSnapshot } from './snapshots.ts'
import { sessionJobJobView, sessionJobViewOf } from './view.ts'

/** The order is part of the behaviour; a test pins it. */
export const sessionJobRules: readonly Rule[] = [
  teardown,
  refuseRecord,
  refuseSpec,
  awaitCluster,
  continueOperation,
  firstDeploy,
  pendingSnapshot,
  rollBack,
  rescale,
  upgrade,
  restartJob,
  snapshots,
]

export const decideSessionJob = (resource: FlinkSessionJob, observed: SessionJobObserved): SessionJobDecision => {
  const view = sessionJobViewOf(resource, observed)
  const seen = seenIn(view)
  const pass: Pass = withProblem({ ...seen, view, job: sessionJobJobView(view, seen.draft) })
  return withItsSnapshot(pass, beforeNextSnapshot(pass, firstOf(sessionJobRules, settle)(pass)))
}
