/**
 * A world as upstream's operator left it: resources with the statuses it wrote, the objects it made, the HA metadata of its jobs. All of
 * it is recorded from the real one, which was killed at these moments (`fixtures/take-over`). Flink's processes start from those
 * objects, before there is any operator.
 */
import { readFileSync } from 'node:fs'
import { flinkDeployments, flinkSessionJobs, flinkStateSnapshots } from '@drey/api'
import { configMaps, deployments, services } from '@drey/kube'
import type { KubeObject, ResourceType } from '@drey/reconcile'
import type { Snapshot } from '../flink/storage.ts'
import { createWorld, namespace, type World, type WorldOptions } from '../world.ts'

export interface Recorded extends KubeObject {
  spec: Record<string, any>
  status?: Record<string, any>
}
export interface Left {
  stage: string
  resources: Recorded[]
  objects: KubeObject[]
  /** names of pods that ran */
  pods: string[]
}

const types: Record<string, ResourceType> = {
  FlinkDeployment: flinkDeployments,
  FlinkSessionJob: flinkSessionJobs,
  FlinkStateSnapshot: flinkStateSnapshots,
  Deployment: deployments,
  Service: services,
  ConfigMap: configMaps,
}
export const typeOf = (kind: string): ResourceType => types[kind]!

/** Stages by name. What is the same as in an earlier stage is recorded once, and so is a stable spec that equals the other one. */
export const recordedStages = (file: string): Map<string, Left> => {
  const text = readFileSync(new URL(`fixtures/take-over/${file}.json`, import.meta.url), 'utf8')
  type Once<T> = (T | { as: string })[]
  const stages = JSON.parse(text) as {
    stage: string
    pods: string[]
    resources: Once<Recorded>
    objects: Once<KubeObject>
  }[]
  const known = new Map<string, KubeObject>()
  const whole = <T extends KubeObject>(stage: string, objects: Once<T>): T[] =>
    objects.map((object) => {
      if ('as' in object) return known.get(object.as as string) as T
      known.set(`${stage} ${object.kind} ${object.metadata.name}`, object)
      return object
    })
  const left = stages.map(({ stage, pods, ...of }) => ({
    ...{ stage, pods },
    resources: whole(stage, of.resources),
    objects: whole(stage, of.objects),
  }))
  for (const { resources } of left)
    for (const { status } of resources) {
      const record = status?.['reconciliationStatus']
      if (record?.lastStableSpec === 'the same') record.lastStableSpec = record.lastReconciledSpec
    }
  return new Map(left.map((one) => [one.stage, one]))
}

/** The world of one stage; jobs that ran, run. There is no operator yet. */
export const leftByUpstream = async (left: Left, options: WorldOptions = {}): Promise<World> => {
  const world = await createWorld(options)
  for (const path of pathsIn(left)) world.flink.storage.put(snapshotAt(path, world))
  for (const [path, jobIds] of ended(left)) world.flink.storage.results.set(path, jobIds)
  const uids: Record<string, string> = {}
  for (const { metadata, ...recorded } of left.resources) {
    const type = typeOf(recorded.kind ?? '')
    const { generation = 1, deletionTimestamp: _, ...rest } = metadata
    const { status: __, ...resource } = recorded
    // Edits of which nothing is left but their number.
    const specAt = (at: number) => (at < generation ? { ...resource.spec, restartNonce: -at } : resource.spec)
    let made = await world.client.create(type, { ...resource, spec: specAt(1), metadata: rest } as KubeObject)
    for (let at = 2; at <= generation; at++)
      made = await world.client.replace(type, { ...made, spec: specAt(at) } as unknown as KubeObject)
    uids[recorded.kind ?? ''] ??= made.metadata.uid ?? ''
  }
  // Owners before what they own.
  const order = ['Deployment', 'Service', 'ConfigMap']
  for (const object of left.objects.toSorted((a, b) => order.indexOf(a.kind ?? '') - order.indexOf(b.kind ?? ''))) {
    const owned = JSON.parse(
      JSON.stringify(object).replaceAll(/"<(\w+)>"/g, (_, kind: string) => JSON.stringify(uids[kind] ?? '')),
    ) as KubeObject
    const made = await world.client.create(typeOf(object.kind ?? ''), owned)
    if (object.kind === 'Deployment' && !object.metadata.name.endsWith('-taskmanager'))
      uids['Deployment'] = made.metadata.uid ?? ''
  }
  for (const { kind, metadata, status } of left.resources)
    if (status)
      await world.client.merge({ type: typeOf(kind ?? ''), namespace, name: metadata.name }, { status }, 'status')
  const hasCluster = left.objects.some(({ kind }) => kind === 'Deployment')
  await world.scheduler.runTo(world.scheduler.now() + (hasCluster ? 40_000 : 2_000))
  await askAgain(world, left)
  return world
}

/** Snapshots that upstream had asked for are under way, under the ids that it recorded. */
const askAgain = async (world: World, left: Left): Promise<void> => {
  for (const { spec, status } of left.resources) {
    if (status?.['state'] !== 'IN_PROGRESS') continue
    const of = left.resources.find(({ metadata, kind }) => {
      const { kind: wanted, name } = spec['jobReference']
      return kind === wanted && metadata.name === name
    })
    const path = `/jobs/${of?.status?.['jobStatus'].jobId}/savepoints`
    const body = { triggerId: status['triggerId'], 'target-directory': 'file:///sp' }
    const base = `http://orders-rest.${namespace}:8081`
    const asked = world.flink.http({ base, method: 'POST', path, timeoutMs: 10_000, body })
    await world.scheduler.runTo(world.scheduler.now() + 100)
    await asked
  }
}

/** Results of jobs that have ended, where the JobManagers look for them: these jobs do not begin again. */
const ended = (left: Left): [string, Set<string>][] => {
  const jobIds = left.resources.flatMap(({ status }) =>
    status?.['jobStatus']?.state === 'FINISHED' ? [String(status['jobStatus'].jobId)] : [],
  )
  return left.objects.flatMap((object) => {
    const text = JSON.stringify((object as { data?: unknown }).data ?? '')
    return [...text.matchAll(/job-result-store\.storage-path: ([^\\"]+)/g)].map(([, path]): [string, Set<string>] => [
      path ?? '',
      new Set(jobIds),
    ])
  })
}

/** Paths of checkpoints and savepoints that statuses and HA metadata name: they exist. */
const pathsIn = (left: Left): string[] => [
  ...new Set(JSON.stringify(left).match(/file:\/\/\/(?:cp|sp)\/[\w./-]*\w/g) ?? []),
]
const snapshotAt = (path: string, world: World): Snapshot => ({
  path,
  kind: path.includes('/sp/') ? 'savepoint' : 'checkpoint',
  id: Number(/(\d+)$/.exec(path)?.[1] ?? 1),
  stamp: world.flink.storage.nextStamp(),
  jobId: '0'.repeat(32),
  cluster: `${namespace}/orders`,
  at: world.scheduler.now(),
})
