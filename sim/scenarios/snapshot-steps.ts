/** The language of scenarios for FlinkStateSnapshots. */
import { flinkStateSnapshots } from '@drey/api'
import type { Resource } from '../checkers/owners.ts'
import { when, type Stage, type Step } from '../scenario.ts'
import { namespace, type World } from '../world.ts'

type Json = Record<string, unknown>
const bucket = 'flinkstatesnapshots.flink.apache.org'
const ref = (name: string) => ({ type: flinkStateSnapshots, namespace, name })

export const aSavepoint = (over: Json = {}, savepoint: Json = {}): Json => ({
  jobReference: { kind: 'FlinkDeployment', name: 'orders' },
  savepoint: { disposeOnDelete: true, formatType: 'CANONICAL', ...savepoint },
  ...over,
})

export const aCheckpoint = (over: Json = {}): Json => ({
  jobReference: { kind: 'FlinkDeployment', name: 'orders' },
  checkpoint: {},
  ...over,
})

export const createSnapshot = (spec: Json = aSavepoint(), name = 'one'): Step => ({
  say: `a user creates FlinkStateSnapshot ${name}`,
  do: ({ world }) =>
    world.client.create(flinkStateSnapshots, {
      apiVersion: 'flink.apache.org/v1beta1',
      kind: 'FlinkStateSnapshot',
      metadata: { name, namespace },
      spec,
    }),
})

export const removeSnapshot = (name = 'one'): Step => ({
  say: `a user deletes FlinkStateSnapshot ${name}`,
  do: ({ world }) => world.client.remove(ref(name)),
})

export const snapshots = (world: World, pattern = /./): Resource[] =>
  (world.server.store.list(bucket, namespace) as Resource[]).filter(({ metadata }) => pattern.test(metadata.name))

export const snapshotIs =
  (state: string, name = 'one') =>
  ({ world }: Stage): boolean =>
    snapshots(world, new RegExp(`^${name}$`))[0]?.status?.['state'] === state

/** So many snapshots of that name are complete, and what their status names is on storage. */
export const snapshotsDone =
  (pattern: RegExp, count: number) =>
  ({ world }: Stage): boolean => {
    const done = snapshots(world, pattern).filter((one) => one.status?.['state'] === 'COMPLETED')
    return done.length >= count && done.every((one) => world.flink.storage.get(one.status?.['path']) !== undefined)
  }

export const snapshotGone =
  (name = 'one') =>
  ({ world }: Stage): boolean =>
    snapshots(world, new RegExp(`^${name}$`)).length === 0

export const savepointsStored = ({ world }: Stage): number =>
  world.flink.storage.list().filter((one) => one.kind === 'savepoint').length

export const completed = (name = 'one'): Step => when(`snapshot ${name} is COMPLETED`, snapshotIs('COMPLETED', name))
