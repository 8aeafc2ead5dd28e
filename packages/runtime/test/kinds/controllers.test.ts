/** Stories of the built-in controllers on the embedded API server. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  deployments,
  endpoints,
  endpointSlices,
  events,
  jobs,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  replicaSets,
  services,
  statefulSets,
} from '@drey/kube'
import type { KubeObject } from '@drey/reconcile'
import { afterEach, describe, expect, test } from 'vitest'
import { deployment, seeded, template, world, type Faults, type World } from './world.ts'

let it: World
afterEach(() => it.close())

const named = (type: typeof deployments, name: string) => ({ type, namespace: 'default', name })
const condition = (object: any, type: string) => object.status.conditions?.find((one: any) => one.type === type)
const ready = (pod: any) => pod.status?.conditions?.some((one: any) => one.type === 'Ready' && one.status === 'True')

describe('a Deployment', () => {
  test('becomes available, says so, and then writes nothing more', async () => {
    it = await world()
    await it.client.create(deployments, deployment({ replicas: 2 }))
    await it.pass(3)
    const made = await it.get(deployments, 'basic')
    expect(made.status).toMatchObject({ replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 })
    expect(made.status.observedGeneration).toBe(made.metadata.generation)
    expect(condition(made, 'Available')).toMatchObject({ status: 'True', reason: 'MinimumReplicasAvailable' })
    expect(condition(made, 'Progressing')).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' })
    expect(made.metadata.annotations['deployment.kubernetes.io/revision']).toBe('1')
    const before = it.writes.length
    await it.pass(1800)
    expect(it.writes.slice(before)).toEqual([])
  })

  test('whose pod never starts has been unavailable since its creation, and misses its deadline', async () => {
    it = await world()
    await it.client.create(deployments, deployment({ annotations: { 'toy/never-ready': 'true' } }))
    await it.pass(5)
    const made = await it.get(deployments, 'basic')
    expect(condition(made, 'Available')).toMatchObject({
      status: 'False',
      lastTransitionTime: made.metadata.creationTimestamp,
    })
    await it.pass(610)
    expect(condition(await it.get(deployments, 'basic'), 'Progressing')).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
    })
  })

  test('that recreates never has pods of two templates', async () => {
    it = await world()
    await it.client.create(deployments, deployment({ replicas: 2, strategy: { type: 'Recreate' } }))
    await it.pass(3)
    await it.client.merge(named(deployments, 'basic'), { spec: { template: template({ image: 'flink:2.2' }) } })
    for (let i = 0; i < 10; i++) {
      await it.pass(1)
      const images = new Set((await it.list(pods)).map((pod) => pod.spec.containers[0].image))
      expect(images.size).toBeLessThanOrEqual(1)
    }
    const after = await it.list(pods)
    expect(after.map((pod) => pod.spec.containers[0].image)).toEqual(['flink:2.2', 'flink:2.2'])
    expect((await it.get(deployments, 'basic')).status).toMatchObject({ updatedReplicas: 2, availableReplicas: 2 })
  })

  test('that rolls keeps within its limits, and an undo is the newest revision', async () => {
    it = await world()
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } }
    await it.client.create(deployments, deployment({ replicas: 5, strategy }))
    await it.pass(3)
    const roll = async (image: string) => {
      await it.client.merge(named(deployments, 'basic'), { spec: { template: template({ image }) } })
      for (let i = 0; i < 15; i++) {
        const all = (await it.list(pods)).filter((pod) => !pod.metadata.deletionTimestamp)
        expect(all.length).toBeLessThanOrEqual(6)
        expect(all.filter(ready).length).toBeGreaterThanOrEqual(4)
        await it.pass(1)
      }
      const images = (await it.list(pods)).map((pod) => pod.spec.containers[0].image)
      expect(images).toEqual(Array(5).fill(image))
    }
    await roll('flink:2.2')
    await roll('flink:1.20')
    const made = await it.get(deployments, 'basic')
    expect(made.metadata.annotations['deployment.kubernetes.io/revision']).toBe('3')
    expect(await it.list(replicaSets)).toHaveLength(2)
  })

  test('scaled through its subresource follows', async () => {
    it = await world()
    await it.client.create(deployments, deployment())
    await it.pass(2)
    await it.client.merge(named(deployments, 'basic'), { spec: { replicas: 4 } }, 'scale')
    await it.pass(3)
    expect(await it.list(pods)).toHaveLength(4)
    await it.client.merge(named(deployments, 'basic'), { spec: { replicas: 0 } }, 'scale')
    await it.pass(3)
    expect(await it.list(pods)).toEqual([])
    expect((await it.get(deployments, 'basic')).status.replicas).toBeUndefined()
  })

  test('takes its ReplicaSets and pods along when it is deleted', async () => {
    it = await world()
    await it.client.create(deployments, deployment({ replicas: 2 }))
    await it.pass(2)
    await it.client.remove(named(deployments, 'basic'), { propagation: 'Background' })
    await it.pass(3)
    expect([await it.list(replicaSets), await it.list(pods)]).toEqual([[], []])
  })

  test('whose pods are refused has ReplicaFailure, until they are not', async () => {
    let refusing = true
    it = await world({
      faults: (request) =>
        refusing && request.method === 'POST' && request.path.endsWith('/pods')
          ? {
              status: 403,
              body: {
                kind: 'Status',
                status: 'Failure',
                reason: 'Forbidden',
                message: 'pods "x" is forbidden: exceeded quota: q',
              },
            }
          : undefined,
    })
    await it.client.create(deployments, deployment())
    await it.pass(5)
    const made = await it.get(deployments, 'basic')
    expect(condition(made, 'ReplicaFailure')).toMatchObject({
      status: 'True',
      reason: 'FailedCreate',
      message: 'pods "x" is forbidden: exceeded quota: q',
    })
    const told = (await it.list(events)).find((event) => event.reason === 'FailedCreate')
    expect(told).toMatchObject({ type: 'Warning', message: 'Error creating: pods "x" is forbidden: exceeded quota: q' })
    expect(told.count).toBeGreaterThan(1)
    refusing = false
    await it.pass(70)
    expect(condition(await it.get(deployments, 'basic'), 'ReplicaFailure')).toBeUndefined()
    expect(await it.list(pods)).toHaveLength(1)
  })
})

test('a pod that ends or is deleted is replaced by one with another name', async () => {
  it = await world()
  await it.client.create(deployments, deployment())
  await it.pass(2)
  const [first] = await it.list(pods)
  await it.client.remove(named(pods, first.metadata.name))
  await it.pass(3)
  const [second] = await it.list(pods)
  expect(second.metadata.name).not.toBe(first.metadata.name)
  expect(ready(second)).toBe(true)
})

test('a headless Service lists its pods, first as not ready, then as ready', async () => {
  it = await world()
  await it.client.create(services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'basic', namespace: 'default' },
    spec: { clusterIP: 'None', selector: { app: 'basic' }, ports: [{ name: 'rpc', port: 6123 }] },
  })
  await it.client.create(deployments, deployment())
  await it.pass(0)
  await it.pass(1)
  await it.pass(2)
  const [pod] = await it.list(pods)
  const made = await it.get(endpoints, 'basic')
  expect(made.subsets).toMatchObject([{ addresses: [{ ip: pod.status.podIP, targetRef: { uid: pod.metadata.uid } }] }])
  const slices = await it.list(endpointSlices)
  expect(slices.filter((slice) => slice.metadata.labels['kubernetes.io/service-name'] === 'basic')).toMatchObject([
    { endpoints: [{ addresses: [pod.status.podIP], conditions: { ready: true } }], ports: [{ port: 6123 }] },
  ])
  await it.client.remove(named(services, 'basic'))
  await it.pass(2)
  expect((await it.list(endpoints)).filter((one) => one.metadata.name === 'basic')).toEqual([])
})

describe('a claim', () => {
  const claim = (storageClassName?: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'default' },
    spec: {
      accessModes: ['ReadWriteMany'],
      ...(storageClassName ? { storageClassName } : {}),
      resources: { requests: { storage: '1Gi' } },
    },
  })
  // Directories are made and removed by the real file system, on its own time.
  const until = (check: () => Promise<boolean> | boolean) =>
    expect.poll(async () => (await it.pass(1), check()), { timeout: 60_000, interval: 5 }).toBe(true)

  test.each([undefined, 'standard', 'gp3'])(
    'of class %s is bound to a directory that goes with it',
    async (storageClass) => {
      it = await world()
      await it.client.create(persistentVolumeClaims, claim(storageClass))
      const directory = join(it.dir, 'pvc/default/data')
      await until(() => existsSync(directory))
      await until(async () => (await it.get(persistentVolumeClaims, 'data')).status.phase === 'Bound')
      const bound = await it.get(persistentVolumeClaims, 'data')
      expect(bound).toMatchObject({
        spec: { storageClassName: storageClass ?? 'standard', volumeName: `pvc-${bound.metadata.uid}` },
        status: { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteMany'] },
      })
      expect((await it.list(events)).some((event) => event.reason === 'UnknownStorageClass')).toBe(
        storageClass === 'gp3',
      )
      await it.client.remove(named(persistentVolumeClaims, 'data'))
      await until(async () => !existsSync(directory) && (await it.list(persistentVolumes)).length === 0)
    },
  )

  test('made again at once under the same name starts empty', async () => {
    it = await world()
    await it.client.create(persistentVolumeClaims, claim())
    const directory = join(it.dir, 'pvc/default/data')
    await until(() => existsSync(directory))
    writeFileSync(join(directory, 'old'), 'old')
    await it.client.remove(named(persistentVolumeClaims, 'data'))
    await it.client.create(persistentVolumeClaims, claim()).catch(async () => {
      await it.pass(1)
      await it.client.create(persistentVolumeClaims, claim())
    })
    await until(
      async () => (await it.get(persistentVolumeClaims, 'data')).status.phase === 'Bound' && existsSync(directory),
    )
    expect(existsSync(join(directory, 'old'))).toBe(false)
  })

  test('in use stays until its pod has ended', async () => {
    it = await world()
    await it.client.create(persistentVolumeClaims, claim())
    await it.client.create(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'user', namespace: 'default' },
      spec: {
        containers: [{ name: 'main', image: 'x' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
      },
    } as KubeObject)
    await it.pass(3)
    await it.client.remove(named(persistentVolumeClaims, 'data'))
    await it.pass(5)
    expect((await it.get(persistentVolumeClaims, 'data')).metadata.deletionTimestamp).toBeDefined()
    await it.client.remove(named(pods, 'user'))
    await until(async () => (await it.list(persistentVolumeClaims)).length === 0)
  })
})

test('a Job whose pods fail waits longer each time and then fails for good', async () => {
  it = await world()
  await it.client.create(jobs, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'pi', namespace: 'default' },
    spec: {
      backoffLimit: 2,
      ttlSecondsAfterFinished: 100,
      template: {
        metadata: { annotations: { 'toy/ends': 'Failed' } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'x' }] },
      },
    },
  } as KubeObject)
  await it.pass(5)
  expect(await it.list(pods)).toHaveLength(1)
  await it.pass(10)
  expect(await it.list(pods)).toHaveLength(2)
  await it.pass(30)
  const failed = await it.get(jobs, 'pi')
  expect(failed.status).toMatchObject({ failed: 3 })
  expect(condition(failed, 'Failed')).toMatchObject({ status: 'True', reason: 'BackoffLimitExceeded' })
  await it.pass(120)
  expect([await it.list(jobs), await it.list(pods)]).toEqual([[], []])
})

test('a Job completes', async () => {
  it = await world()
  await it.client.create(jobs, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'pi', namespace: 'default' },
    spec: {
      completions: 3,
      parallelism: 2,
      template: {
        metadata: { annotations: { 'toy/ends': 'Succeeded' } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'x' }] },
      },
    },
  } as KubeObject)
  await it.pass(5)
  const done = await it.get(jobs, 'pi')
  expect(done.status.succeeded).toBe(3)
  expect(done.status.completionTime).toBeDefined()
  expect(condition(done, 'Complete')).toMatchObject({ status: 'True' })
  expect(await it.list(pods)).toHaveLength(3)
})

test('a StatefulSet makes its pods one after the other, each with its claim', async () => {
  it = await world()
  await it.client.create(statefulSets, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      replicas: 3,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'main', image: 'x' }] } },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  } as KubeObject)
  for (let i = 0; i < 8; i++) {
    await it.pass(1)
    const notReady = (await it.list(pods)).filter((pod) => !ready(pod))
    expect(notReady.length).toBeLessThanOrEqual(1)
  }
  expect((await it.list(pods)).map((pod) => pod.metadata.name).toSorted()).toEqual(['db-0', 'db-1', 'db-2'])
  expect((await it.list(persistentVolumeClaims)).map((claim) => claim.metadata.name).toSorted()).toEqual([
    'data-db-0',
    'data-db-1',
    'data-db-2',
  ])
  expect((await it.get(statefulSets, 'db')).status).toMatchObject({ readyReplicas: 3, updatedReplicas: 3 })
})

describe('with an API server that fails, and answers that are lost after the effect', () => {
  test.each(Array.from({ length: 20 }, (_, i) => i + 1))('everything ends as it should (seed %i)', async (seed) => {
    const random = seeded(seed)
    let calm = false
    const faults: Faults = (request) => {
      if (calm || request.method === 'GET') return undefined
      const dice = random()
      if (dice < 0.15) return 'lose-answer'
      if (dice < 0.25) return 'refuse'
      if (dice < 0.3)
        return { status: 500, body: { kind: 'Status', status: 'Failure', reason: 'InternalError', message: 'etcd' } }
      if (dice < 0.35)
        return { status: 409, body: { kind: 'Status', status: 'Failure', reason: 'Conflict', message: 'changed' } }
      return undefined
    }
    it = await world({ faults, seed })
    await it.client.create(deployments, deployment({ replicas: 3 }))
    await it.pass(20)
    await it.client.merge(named(deployments, 'basic'), {
      spec: { template: template({ image: 'flink:2.2' }), replicas: 4 },
    })
    await it.pass(20)
    calm = true
    await it.pass(150)
    const all = await it.list(pods)
    expect(all.map((pod) => pod.spec.containers[0].image)).toEqual(Array(4).fill('flink:2.2'))
    expect((await it.get(deployments, 'basic')).status).toMatchObject({
      replicas: 4,
      updatedReplicas: 4,
      availableReplicas: 4,
    })
    expect(await it.list(replicaSets)).toHaveLength(2)
    const before = it.writes.length
    await it.pass(600)
    expect(it.writes.slice(before)).toEqual([])
  })
})
