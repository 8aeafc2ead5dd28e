/** A suspended job stays stopped, whatever becomes of its JobManager. */
import { expect, test } from 'vitest'
import { questionsFor } from '../../src/index.ts'
import { aSpec, edit, look, observedIn, settled, step, upAndRunning, type World } from './world.ts'

const suspendedWithout = (availableReplicas: number, conf: Record<string, string> = {}): World => {
  const spec = aSpec()
  const world = settled(aSpec({ flinkConfiguration: { ...spec.flinkConfiguration, ...conf } }))
  edit(world, { job: { ...spec.job, state: 'suspended' } })
  step(world)
  upAndRunning(world, 'FINISHED')
  world.flink = { ...world.flink, trigger: { known: true, value: { state: 'completed', location: 'file:///sp/1' } } }
  step(world)
  const { jobManager } = world.cluster
  world.cluster = { ...world.cluster, jobManager: { ...jobManager!, availableReplicas } }
  return world
}

test('a JobManager that ended goes: without HA it would run the job again', () => {
  const world = suspendedWithout(0)
  expect(world.resource.status?.lifecycleState).toBe('SUSPENDED')
  const { rule, actions } = look(world)
  expect(rule).toBe('endSuspended')
  expect(actions).toMatchObject([{ do: 'delete' }])
})

test('so does one that has run it again before anybody looked', () => {
  const world = suspendedWithout(1)
  expect(questionsFor(world.resource, { ...observedIn(world), flink: {} })).toEqual(['jobs'])
  upAndRunning(world, 'RUNNING')
  expect(look(world)).toMatchObject({ rule: 'endSuspended', actions: [{ do: 'delete' }] })
})

test('a JobManager that is there stays, and one that knows from HA that its job was stopped', () => {
  expect(look(suspendedWithout(1)).rule).toBe('settle')
  const ha = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 'file:///ha' }
  expect(look(suspendedWithout(0, ha)).rule).toBe('settle')
})
