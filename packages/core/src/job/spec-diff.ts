/** Recorded spec against wanted spec, with the weight of each change. */
import type { FlinkDeploymentSpec } from '@drey/api'
import type { Mode } from '../cluster/index.ts'

export type DiffType = 'IGNORE' | 'SCALE' | 'UPGRADE' | 'SAVEPOINT_REDEPLOY'
export interface Change {
  path: string
  old: unknown
  new: unknown
  type: DiffType
}
export interface SpecDiff {
  type: DiffType
  changes: readonly Change[]
}

const ignored = new Set([
  'savepointTriggerNonce',
  'checkpointTriggerNonce',
  'initialSavepointPath',
  'upgradeMode',
  'allowNonRestoredState',
  'autoscalerResetNonce',
])
// TODO replaced by the schema's diff as soon as it lands
export const specDiff = (old: FlinkDeploymentSpec, now: FlinkDeploymentSpec, _mode: Mode): SpecDiff => {
  const changes: Change[] = []
  const walk = (a: unknown, b: unknown, path: string) => {
    if (a && b && typeof a === 'object' && typeof b === 'object' && !Array.isArray(a)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        walk((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], path ? `${path}.${key}` : key)
      return
    }
    if (JSON.stringify(a ?? null) === JSON.stringify(b ?? null)) return
    if (path === 'job.state' && (a ?? 'running') === (b ?? 'running')) return
    const name = path.split('.')[1] ?? ''
    if (path.startsWith('job.') && ignored.has(name)) return
    if (path.startsWith('flinkConfiguration.kubernetes.operator')) return
    changes.push({
      path,
      old: a,
      new: b,
      type: path === 'job.savepointRedeployNonce' ? 'SAVEPOINT_REDEPLOY' : 'UPGRADE',
    })
  }
  walk(old, now, '')
  return {
    type: changes.some((c) => c.type === 'SAVEPOINT_REDEPLOY')
      ? 'SAVEPOINT_REDEPLOY'
      : changes.length
        ? 'UPGRADE'
        : 'IGNORE',
    changes,
  }
}
export const changeSummary = (diff: SpecDiff): string =>
  `${diff.type} change(s) detected (Diff: FlinkDeploymentSpec[${diff.changes.map((c) => `${c.path} : ${JSON.stringify(c.old ?? null)} -> ${JSON.stringify(c.new ?? null)}`).join(', ')}]), starting reconciliation.`
