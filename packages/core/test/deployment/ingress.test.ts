import type { KubeObject } from '@drey/reconcile'
import { describe, expect, test } from 'vitest'
import { readOperatorConfig } from '../../src/index.ts'
import { aSpec, aWorld, look, settled, step, type World } from './world.ts'

const withIngress = (over: Record<string, unknown> = {}, conf: Record<string, string> = {}): World =>
  settled(
    aSpec({
      ingress: { template: '{{name}}.example.com', className: 'nginx', ...over },
      flinkConfiguration: { ...aSpec().flinkConfiguration, ...conf },
    }),
  )
const applied = (world: World): KubeObject => {
  const [action] = look({ ...world, ingress: null }).actions
  if (action?.do !== 'apply') throw new Error('nothing was applied')
  return action.object
}

describe('the Ingress', () => {
  test('is made again when it is lost', () => {
    const world = withIngress()
    world.ingress = null
    expect(look(world)).toMatchObject({ rule: 'settle', actions: [{ do: 'apply', object: { kind: 'Ingress' } }] })
  })
  test('is left alone as long as everything wanted is there', () => {
    const world = withIngress()
    const ingress = structuredClone(applied(world))
    world.ingress = {
      ...ingress,
      metadata: { ...ingress.metadata, uid: 'i', annotations: { theirs: 'x' } },
      status: {},
    }
    expect(step(world).actions).toEqual([])
  })
  test('is corrected when somebody changed it', () => {
    const world = withIngress()
    world.ingress = { ...structuredClone(applied(world)), spec: { ingressClassName: 'other' } }
    expect(look(world).actions).toMatchObject([{ do: 'apply' }])
  })
  test('of ours goes when the spec wants none, another one stays', () => {
    const world = settled()
    const metadata = { name: 'orders', namespace: 'shop', uid: 'i' }
    world.ingress = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata }
    expect(look(world).actions).toEqual([])
    const owner = { apiVersion: 'x', kind: 'FlinkDeployment', name: 'orders', uid: 'uid-1' }
    world.ingress = { ...world.ingress, metadata: { ...metadata, ownerReferences: [owner] } }
    expect(look(world).actions).toMatchObject([{ do: 'delete', uid: 'i' }])
  })
  test('is nobody of ours to touch when management is switched off', () => {
    const world = withIngress({}, { 'kubernetes.operator.ingress.manage': 'false' })
    world.ingress = null
    expect(look(world).actions).toEqual([])
  })
  test('that the API server refuses holds up nothing else', () => {
    const world = withIngress()
    world.ingress = null
    world.resource = { ...world.resource, metadata: { ...world.resource.metadata, generation: 2 } }
    expect(look(world).status?.observedGeneration).toBe(2)
  })
})

test('what the author of a spec should know is told once per deployment', () => {
  const world = aWorld(aSpec({ flinkConfiguration: { ...aSpec().flinkConfiguration, 'my.key': 'a#b' } }))
  const hints = () => step(world).events.filter((note) => note.reason === 'SpecHint')
  expect(hints()).toEqual([expect.objectContaining({ message: expect.stringContaining('"#"') })])
  expect(hints()).toEqual([])
})

test('an Ingress that is wanted where the operator must not make any is told', () => {
  const world = aWorld(aSpec({ ingress: { template: '{{name}}.example.com' } }))
  world.operator = { config: readOperatorConfig({ 'flink-conf.yaml': 'kubernetes.operator.ingress.manage: false' }) }
  expect(look(world).events).toContainEqual(
    expect.objectContaining({ type: 'Warning', reason: 'IngressManagement', component: 'Operator' }),
  )
})
