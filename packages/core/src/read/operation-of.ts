/** The operation that a pass begins: what it is called, what changed, who and what caused it. */
import {
  diffSessionJob,
  type FlinkDeploymentSpec,
  type FlinkDeploymentStatus,
  type FlinkSessionJobStatus,
} from '@drey/api'
import type { KubeObject } from '@drey/reconcile'
import { idFor } from '../ids.ts'
import { deploymentDifferences } from '../spec/index.ts'
import { changeText, lastManager } from './changes.ts'
import { masks } from './mask.ts'
import type { Operation, OperationName } from './operations.ts'
import { isUnderWay, restoredFrom, shownPath, type Stand } from './stand.ts'

export interface HistoryPass {
  kind: 'FlinkDeployment' | 'FlinkSessionJob'
  /** as it was decided about */
  resource: KubeObject & { spec?: unknown; status?: unknown }
  /** the status that was written */
  status: FlinkDeploymentStatus | FlinkSessionJobStatus
  rule: string
  because: string
  now: number
}

export const operationOf = (pass: HistoryPass, before: Stand, after: Stand, at: string): Operation => {
  const { metadata } = pass.resource
  const what = nameOf(pass, before, after)
  const generation = what === 'rollback' ? (before.generation ?? 0) : (metadata.generation ?? 0)
  const bySpec = what !== 'recover' && what !== 'rollback' && !['restartJob', 'unhealthy', 'settle'].includes(pass.rule)
  const change = bySpec ? changesOf(pass, before) : []
  const who = bySpec ? lastManager(pass.resource) : undefined
  return {
    id: idFor(metadata.uid ?? '', what, generation, before.timestamp, after.trigger ?? before.trigger ?? '').slice(
      0,
      8,
    ),
    what,
    generation,
    ...(before.generation !== undefined && before.generation !== generation ? { from: before.generation } : {}),
    ...(change.length > 0 ? { change } : {}),
    because: reasonOf(pass),
    ...(who ? { who } : {}),
    startedAt: at,
    steps: [],
    ...(after.phase === 'deploy' && after.hasJob ? { state: restoredFrom(after) } : {}),
  }
}

/** What a rule waits for just now is not why it began. */
const reasonOf = ({ rule, because }: HistoryPass): string =>
  rule === 'settle'
    ? 'somebody cancelled the job; it resumes from its last checkpoint'
    : masks().text(because.replace(/; waiting for .*$/s, ''))

const nameOf = ({ rule, resource }: HistoryPass, before: Stand, after: Stand): OperationName => {
  if (before.phase === 'first' || (after.recorded?.firstDeployment && before.phase === 'deploy')) return 'deploy'
  if (after.state === 'ROLLING_BACK') return 'rollback'
  if (rule === 'recoverCluster') return 'recover'
  if (rule === 'restartJob' || rule === 'unhealthy') return 'restart'
  const wanted = (resource.spec as FlinkDeploymentSpec | undefined) ?? {}
  if (wanted.job?.state === 'suspended') return 'suspend'
  if (before.suspended && !isUnderWay(before.phase)) return 'resume'
  const old = before.recorded?.spec
  if (old?.job?.savepointRedeployNonce !== wanted.job?.savepointRedeployNonce && wanted.job?.savepointRedeployNonce)
    return 'redeploy'
  if (old && old.restartNonce !== wanted.restartNonce) {
    const others = changesOf({ kind: 'FlinkDeployment', resource } as HistoryPass, before).filter(
      (one) => !one.startsWith('restartNonce'),
    )
    if (others.length === 0) return 'restart'
  }
  return 'upgrade'
}

const changesOf = ({ kind, resource }: HistoryPass, before: Stand): string[] => {
  if (!before.recorded) return []
  const now = (resource.spec ?? {}) as never
  const { changes } =
    kind === 'FlinkDeployment'
      ? deploymentDifferences(before.recorded.spec, now)
      : diffSessionJob(before.recorded.spec as never, now, 'native')
  // The recorded upgrade mode says how the last start found its state; beside other changes it is no news.
  const news = changes.filter(({ path }) => path !== 'job.upgradeMode')
  const weighed = [...news.filter(({ type }) => type !== 'IGNORE'), ...news.filter(({ type }) => type === 'IGNORE')]
  return (weighed.length > 0 ? weighed : changes).map(changeText)
}

export const surpriseOf = ({ resource, because }: HistoryPass, after: Stand, at: string): Operation => {
  const failed = after.ended === 'failed'
  return {
    id: idFor(resource.metadata.uid ?? '', after.ended ?? '', after.generation ?? 0, at).slice(0, 8),
    what: failed ? 'fail' : 'finish',
    generation: after.generation ?? 0,
    because: failed ? masks().text(after.error ?? because) : 'the job came to its end',
    startedAt: at,
    endedAt: at,
    result: failed ? 'failed' : 'done',
    steps: [],
    ...(after.path ? { state: shownPath(after.path) } : {}),
  }
}
