/** HA metadata that named a checkpoint when its cluster was ended, and is empty when the next one is to start. */
import { expect, test } from 'vitest'
import { lastStateMark } from '../../src/job/view.ts'
import { aSpec, edit, nothing, settled, step } from './world.ts'

test('a start from what was recorded before is refused: it would count twice', () => {
  const world = settled(
    aSpec({
      flinkConfiguration: {
        ...aSpec().flinkConfiguration,
        'high-availability.type': 'kubernetes',
        'high-availability.storageDir': 'file:///ha',
      },
      job: { ...aSpec().job, upgradeMode: 'last-state' },
    }),
  )
  const { jobStatus } = world.resource.status ?? {}
  world.resource = {
    ...world.resource,
    status: {
      ...world.resource.status,
      jobStatus: { ...jobStatus, upgradeSavepointPath: 'file:///sp/older' },
    } as never,
  }
  const map = (keys: string[]) => ({
    name: `orders-${jobStatus?.jobId}-config-map`,
    uid: 'm',
    deleting: false,
    keys,
    resourceVersion: '1',
  })
  world.cluster = { ...world.cluster, ha: [map(['checkpointID-0000000000000000018', 'counter'])] as never }
  edit(world, { image: 'flink:next' })
  expect(step(world).status?.jobStatus?.upgradeSavepointPath).toBe(lastStateMark)
  world.cluster = { ...nothing, ha: [map([])] as never }
  world.flink = {}
  const { actions, status } = step(world)
  expect(actions.filter((action) => action.do === 'create')).toEqual([])
  expect(status?.error).toContain('Manual restore required')
})
