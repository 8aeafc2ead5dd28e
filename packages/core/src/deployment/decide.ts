/** What a FlinkDeployment needs next: the first rule that speaks. The lists are the operator's table of contents. */
import type { FlinkDeployment } from '@drey/api'
import { firstOf } from '@drey/reconcile'
import { keepDependants } from './keep-dependants.ts'
import { keepIngress } from './keep-ingress.ts'
import type { DeploymentObserved } from './observed.ts'
import type { DeploymentDecision, Pass, Rule } from './pass.ts'
import { continueOperation } from './rules/continue-operation.ts'
import { endSuspended } from './rules/end-suspended.ts'
import { expireCluster } from './rules/expire-cluster.ts'
import { firstDeploy } from './rules/first-deploy.ts'
import { recoverCluster } from './rules/recover-cluster.ts'
import { refuseRecord, refuseSpec, withProblem } from './rules/refuse-spec.ts'
import { rescale } from './rules/rescale.ts'
import { restartJob } from './rules/restart-job.ts'
import { rollBack } from './rules/roll-back.ts'
import { beforeNextSnapshot, pendingSnapshot, snapshots } from './rules/snapshots.ts'
import { settle } from './rules/settle.ts'
import { teardown } from './rules/teardown.ts'
import { unhealthy } from './rules/unhealthy.ts'
import { upgrade } from './rules/upgrade.ts'
import { seenIn } from './seen.ts'
import { withItsSnapshot } from './upgrade-snapshot.ts'
import { jobViewOf, viewOf } from './view.ts'

/** The order is part of the behaviour; a test pins it. */
export const applicationRules: readonly Rule[] = [
  teardown,
  refuseRecord,
  refuseSpec,
  continueOperation,
  firstDeploy,
  pendingSnapshot,
  endSuspended,
  rollBack,
  rescale,
  upgrade,
  recoverCluster,
  restartJob,
  unhealthy,
  snapshots,
  expireCluster,
]

export const sessionRules: readonly Rule[] = [
  teardown,
  refuseRecord,
  refuseSpec,
  continueOperation,
  firstDeploy,
  rollBack,
  rescale,
  upgrade,
  recoverCluster,
]

export const decideDeployment = (resource: FlinkDeployment, observed: DeploymentObserved): DeploymentDecision => {
  const view = viewOf(resource, observed)
  const seen = seenIn(view)
  const pass: Pass = { view, draft: seen.draft, notes: seen.notes, job: jobViewOf(view, seen.draft) }
  const told = withProblem(pass)
  const decision = firstOf(view.application ? applicationRules : sessionRules, settle)(told)
  return keepDependants(told, keepIngress(told, withItsSnapshot(told, beforeNextSnapshot(told, decision))))
}
