/** The savepoint of an application's upgrade, kept where users look for it. */
import { options, read, type SavepointInfo } from '@drey/api'
import type { Action } from '../action.ts'
import { untilRegistered, upgradeSnapshot } from '../job/upgrade-snapshot.ts'
import type { DeploymentDecision, Pass } from './pass.ts'
import type { DeploymentView } from './view.ts'

export const savepointRecord = ({ view, draft }: Pass, location: string): { info: SavepointInfo; actions: Action[] } =>
  upgradeSnapshot({ ...common(view), info: draft.job.savepointInfo, location })

/** Its resource is created for certain, also when the operator ends in between. */
export const withItsSnapshot = ({ view }: Pass, decision: DeploymentDecision): DeploymentDecision =>
  untilRegistered({ ...common(view), before: view.before.job, snapshots: view.observed.snapshots ?? [] }, decision)

const common = (view: DeploymentView) => ({
  owner: { kind: 'FlinkDeployment' as const, name: view.name, namespace: view.namespace },
  conf: view.conf,
  asResources: view.observed.operator.snapshotResources && read(options.snapshots.snapshotResources, view.conf),
  now: view.now,
})
