/** In which order a cluster goes whose state stays in HA metadata. */
import { expect, test } from 'vitest'
import { aSpec, edit, settled, step, type World } from './world.ts'

const pod = (component: string, deleting = false) => ({
  name: component,
  uid: component,
  component,
  deleting,
  ready: !deleting,
  waiting: undefined,
  mountFailure: undefined,
})

const ha = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 'file:///ha' }

/** Runs with both pods; its HA metadata names a checkpoint. */
const running = (spec: Record<string, unknown>): World => {
  const world = settled(aSpec({ flinkConfiguration: { ...aSpec().flinkConfiguration, ...ha }, ...spec }))
  world.cluster = {
    ...world.cluster,
    jobManager: { ...world.cluster.jobManager!, resourceVersion: '77' },
    pods: [pod('jobmanager'), pod('taskmanager')],
    ha: [
      {
        name: `orders-${world.resource.status?.jobStatus?.jobId}-config-map`,
        uid: 'm',
        resourceVersion: '1',
        keys: ['checkpointID-0000000000000000018', 'counter'],
        deleting: false,
      },
    ],
  }
  return world
}

const toZero = { do: 'merge', patch: { metadata: { resourceVersion: '77' }, spec: { replicas: 0 } } }
const onDeployment = (world: World) =>
  step(world).actions.filter((action) => 'ref' in action && action.ref.type.kind === 'Deployment')

test('last state: the JobManager to zero, as it was looked at; its end is waited for; then the rest', () => {
  const world = running({ job: { ...aSpec().job, upgradeMode: 'last-state' } })
  edit(world, { image: 'flink:next' })
  expect(onDeployment(world)).toMatchObject([toZero])
  world.flink = {}
  world.cluster = {
    ...world.cluster,
    jobManager: { ...world.cluster.jobManager!, replicas: 0, availableReplicas: 0 },
    pods: [pod('jobmanager', true), pod('taskmanager')],
  }
  expect(onDeployment(world)).toEqual([])
  world.cluster = { ...world.cluster, pods: [pod('taskmanager')] }
  expect(onDeployment(world)).toMatchObject([{ do: 'delete', uid: world.cluster.jobManager?.uid }])
})

test('without state nothing depends on the order', () => {
  const world = running({ job: { ...aSpec().job, upgradeMode: 'stateless' } })
  edit(world, { image: 'flink:next' })
  expect(onDeployment(world)).toMatchObject([{ do: 'delete' }])
})
