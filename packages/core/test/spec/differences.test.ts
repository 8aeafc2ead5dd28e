/** Edits that change nothing in the cluster restart no job. */
import { expect, test } from 'vitest'
import { aSpec, edit, look, settled } from '../deployment/world.ts'

const workers = (replicas: number) => ({ taskManager: { replicas, resource: { cpu: 1, memory: '1728m' } } })

test.each([
  ['the default mode said aloud', {}, { mode: 'native' }],
  ['the default mode left out again', { mode: 'native' }, { mode: undefined }],
  ['parallelism where replicas decide', workers(2), { job: { ...aSpec().job, parallelism: 16 } }],
])('%s', (_, before, change) => {
  const world = settled(aSpec(before))
  edit(world, change)
  const decision = look(world)
  expect(decision).toMatchObject({ rule: 'settle', actions: [], events: [] })
  expect(decision.status).toMatchObject({ observedGeneration: 2, lifecycleState: 'STABLE' })
})

test.each([
  ['parallelism without replicas', {}, { job: { ...aSpec().job, parallelism: 16 } }],
  ['replicas', workers(2), workers(3)],
  ['replicas that did not decide before', {}, { ...workers(3), job: { ...aSpec().job, parallelism: 16 } }],
  ['an idle change beside another', workers(2), { job: { ...aSpec().job, parallelism: 16 }, restartNonce: 1 }],
])('%s: an upgrade', (_, before, change) => {
  const world = settled(aSpec(before))
  edit(world, change)
  expect(look(world).rule).toBe('upgrade')
})
