/** What the operator's latest release wrote, in the words of an older one: what it did not know yet is missing. */
import type { Left, Recorded } from './left-by-upstream.ts'

/** Releases that changed what is written. */
export const releases = ['1.0', '1.3', '1.5', '1.7', '1.10', '1.12'] as const
export type Release = (typeof releases)[number]

/** The first release that wrote a member; older ones do not. Paths below `status` and below the recorded spec. */
const since: readonly (readonly [string, Release])[] = [
  ['status.lifecycleState', '1.5'],
  ['status.jobStatus.checkpointInfo', '1.7'],
  ['status.observedGeneration', '1.10'],
  ['status.jobStatus.upgradeSavepointPath', '1.10'],
  ['spec.job.checkpointTriggerNonce', '1.7'],
  ['spec.job.savepointRedeployNonce', '1.10'],
  // The next one and the conditions came after 1.12.
  ['spec.jobManager.resources', '1.12'],
  ['spec.taskManager.resources', '1.12'],
  ['spec.job.autoscalerResetNonce', '1.12'],
]
const after112 = ['spec.jobManager.resources', 'spec.taskManager.resources', 'status.conditions']

export const asRelease = (release: Release, left: Left): Left => ({
  ...left,
  resources: left.resources
    .filter(({ kind }) => kind !== 'FlinkStateSnapshot' || !isBefore(release, '1.10'))
    .map((resource) => asWrittenBy(release, resource)),
})

const asWrittenBy = (release: Release, { status, ...resource }: Recorded): Recorded => {
  if (!status?.['reconciliationStatus']) return { ...resource, ...(status ? { status } : {}) }
  const missing = [...since.filter(([, first]) => isBefore(release, first)).map(([path]) => path), ...after112]
  const copy = structuredClone({ status })
  const { jobStatus, reconciliationStatus } = copy.status as Record<string, any>
  const path = jobStatus?.upgradeSavepointPath
  // The resume point was the last savepoint, and nothing else told of it.
  if (path && isBefore(release, '1.10')) {
    const savepoint = { timeStamp: 1_767_225_600_000, location: path, triggerType: 'UPGRADE', formatType: 'CANONICAL' }
    jobStatus.savepointInfo = { ...jobStatus.savepointInfo, lastSavepoint: savepoint, savepointHistory: [savepoint] }
  }
  for (const one of missing) if (one.startsWith('status.')) drop(copy, one)
  for (const name of ['lastReconciledSpec', 'lastStableSpec'])
    if (reconciliationStatus[name])
      reconciliationStatus[name] = recordOf(
        release,
        reconciliationStatus[name],
        missing,
        resource.metadata.generation ?? 1,
      )
  return { ...resource, status: copy.status }
}

/** 1.0 wrote the spec alone; up to 1.7 the generation stood in the record. */
const recordOf = (release: Release, text: string, missing: readonly string[], generation: number): string => {
  const record = JSON.parse(text) as {
    spec: object
    resource_metadata: { apiVersion: string; firstDeployment: boolean }
  }
  for (const one of missing) drop(record, one)
  const { apiVersion, firstDeployment } = record.resource_metadata
  if (release === '1.0') return JSON.stringify({ ...record.spec, apiVersion })
  const metadata = isBefore(release, '1.10') ? { metadata: { generation } } : {}
  return JSON.stringify({
    spec: record.spec,
    resource_metadata: { apiVersion, ...metadata, firstDeployment },
  }).replaceAll(/"cpu":(\d+)([,}])/g, '"cpu":$1.0$2')
}

const drop = (object: object, path: string): void => {
  const words = path.split('.')
  const last = words.pop() ?? ''
  const parent = words.reduce<any>((at, word) => at?.[word], object)
  if (parent) delete parent[last]
}

const isBefore = (release: Release, other: Release): boolean => releases.indexOf(release) < releases.indexOf(other)
