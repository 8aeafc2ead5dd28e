/** The savepoint of an application's upgrade, kept where users look for it. */
import { options, read, type SavepointInfo } from '@drey/api'
import type { Action } from '../action.ts'
import { upgradeSnapshot } from '../job/upgrade-snapshot.ts'
import type { Pass } from './pass.ts'

export const savepointRecord = ({ view, draft }: Pass, location: string): { info: SavepointInfo; actions: Action[] } =>
  upgradeSnapshot({
    owner: { kind: 'FlinkDeployment', name: view.name, namespace: view.namespace },
    conf: view.conf,
    asResources: view.observed.operator.snapshotResources && read(options.snapshots.snapshotResources, view.conf),
    info: draft.job.savepointInfo,
    location,
    now: view.now,
  })
