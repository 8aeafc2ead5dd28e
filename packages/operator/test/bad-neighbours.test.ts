/** Nothing one user writes, and nothing one JobManager answers, may hurt the others: each bad resource gets its error, a good one its cluster. */
import { readdirSync, readFileSync } from 'node:fs'
import { createApiServer } from '@drey/apiserver'
import { noOperatorConfig } from '@drey/core'
import type { FlinkHttp } from '@drey/flink'
import { deployments, kubeClient } from '@drey/kube'
import type { Clock, KubeObject } from '@drey/reconcile'
import { afterEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { startOperator, type Operator } from '../src/index.ts'

const crdDir = new URL('../../api/crds/', import.meta.url)
const clock: Clock = {
  now: () => Date.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms)
    return () => clearTimeout(timer)
  },
}
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** An API server whose CRDs take anything, as an older or a foreign one may have, and the production operator. */
const world = async (flinkHttp: FlinkHttp) => {
  const server = createApiServer({ clock, random: Math.random })
  const transport = server.transport({ name: 'admin', groups: ['system:masters'] })
  const send = async (path: string, body: unknown, method = 'POST') => {
    const answer = await transport.send({ method: method as 'POST', path, body })
    if (answer.status > 299) throw new Error(`${path}: ${JSON.stringify(answer.body).slice(0, 900)}`)
    return answer.body as KubeObject
  }
  for (const file of readdirSync(crdDir)) {
    const crd = parse(readFileSync(new URL(file, crdDir), 'utf8'))
    for (const version of crd.spec.versions) {
      delete version.subresources.scale
      version.schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
    }
    await send('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd)
  }
  await send('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  let operator: Operator | undefined
  closing.push(async () => {
    // Not awaited: a question that is never answered is never over.
    void operator?.close()
    await server.close()
  })
  const begin = async () => {
    operator = startOperator({
      transport,
      flinkHttp,
      clock,
      random: Math.random,
      config: noOperatorConfig,
      side: {},
      snapshotResources: true,
      log: { info() {}, warn() {} },
    })
    await operator.ready
  }
  const bucket = (kind: string) => `${kind.toLowerCase()}s.flink.apache.org`
  return {
    begin,
    server,
    create: (kind: string, name: string, rest: Record<string, unknown>) =>
      send(`/apis/flink.apache.org/v1beta1/namespaces/shop/${kind.toLowerCase()}s`, {
        apiVersion: 'flink.apache.org/v1beta1',
        kind,
        metadata: { name, namespace: 'shop' },
        ...rest,
      }),
    status: (kind: string, name: string, status: unknown) =>
      send(
        `/apis/flink.apache.org/v1beta1/namespaces/shop/${kind.toLowerCase()}s/${name}/status`,
        { ...server.store.get(bucket(kind), `shop/${name}`), status },
        'PUT',
      ),
    get: (kind: string, name: string) =>
      server.store.get(bucket(kind), `shop/${name}`) as (KubeObject & { status?: { error?: string } }) | undefined,
    deploymentOf: (name: string) => server.store.get('deployments.apps', `shop/${name}`),
  }
}

const silent: FlinkHttp = () => new Promise(() => {})
const good = {
  image: 'flink:1.20',
  flinkVersion: 'v1_20',
  serviceAccount: 'flink',
  jobManager: { resource: { cpu: 1, memory: '1600m' } },
  taskManager: { resource: { cpu: 1, memory: '1728m' } },
  job: { jarURI: 'local:///opt/job.jar', parallelism: 2, upgradeMode: 'stateless' },
}
const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])

/** Specs and statuses that no schema of ours would have let through. */
const bad: Readonly<Record<string, { spec?: unknown; status?: unknown }>> = {
  'no-spec': {},
  'spec-null': { spec: null },
  'spec-is-text': { spec: 'hello' },
  'spec-is-a-list': { spec: [good] },
  'job-is-a-list': { spec: { ...good, job: [] } },
  'job-is-text': { spec: { ...good, job: 'x' } },
  'conf-is-text': { spec: { ...good, flinkConfiguration: 'a: b' } },
  'conf-is-a-list': { spec: { ...good, flinkConfiguration: ['a', 'b'] } },
  'conf-values-are-objects': { spec: { ...good, flinkConfiguration: { a: { b: { c: null } } } } },
  'version-is-an-object': { spec: { ...good, flinkVersion: { v: 1 } } },
  'parallelism-is-huge': { spec: { ...good, job: { ...good.job, parallelism: 1e30 } } },
  'resources-are-text': { spec: { ...good, jobManager: 'large', taskManager: 7 } },
  'pod-template-is-a-number': { spec: { ...good, podTemplate: 7 } },
  'pod-template-has-no-shape': { spec: { ...good, podTemplate: { spec: { containers: 'none', volumes: { a: 1 } } } } },
  'ingress-is-a-number': { spec: { ...good, ingress: 3 } },
  'ingress-template-is-an-object': { spec: { ...good, ingress: { template: {} } } },
  'very-deep': { spec: { ...good, podTemplate: deep(200) } },
  'status-is-text': { spec: good, status: 'fine' },
  'status-has-no-shape': {
    spec: good,
    status: { jobStatus: 'x', reconciliationStatus: [], conditions: 4, clusterInfo: 'y' },
  },
  'record-is-a-number': { spec: good, status: { reconciliationStatus: { lastReconciledSpec: 5, state: 'NOWHERE' } } },
  'record-is-cut': {
    spec: good,
    status: { reconciliationStatus: { lastReconciledSpec: '{"spec":', state: 'DEPLOYED' } },
  },
  'record-has-no-spec': {
    spec: good,
    status: { reconciliationStatus: { lastReconciledSpec: '{"spec":7}', state: 'DEPLOYED' } },
  },
  'history-is-text': { spec: good, status: { jobStatus: { savepointInfo: { savepointHistory: 'many' } } } },
}

test('resources that cannot be read hurt nobody else, and say what is wrong', { timeout: 180_000 }, async () => {
  const { begin, create, status, get, deploymentOf } = await world(silent)
  for (const [name, { spec, status: seen }] of Object.entries(bad))
    for (const kind of ['FlinkDeployment', 'FlinkSessionJob', 'FlinkStateSnapshot']) {
      await create(kind, name, spec === undefined ? {} : { spec })
      if (seen !== undefined) await status(kind, name, seen)
    }
  await create('FlinkDeployment', 'orders', { spec: good })
  await begin()
  await expect.poll(() => deploymentOf('orders'), { timeout: 60_000 }).toBeDefined()
  const unclear = () =>
    Object.entries(bad).flatMap(([name, { spec, status: seen }]) => {
      const said = get('FlinkDeployment', name)?.status?.error
      // A spec that can be read is deployed, whatever the status was; everything else has to say why not.
      const isFine = (spec === good && seen !== undefined) || deploymentOf(name) !== undefined
      return isFine || (typeof said === 'string' && said.length > 20) ? [] : [name]
    })
  await expect.poll(unclear, { timeout: 60_000 }).toEqual([])
})

test(
  'a JobManager that answers nonsense, never, or without end holds nobody else up',
  { timeout: 180_000 },
  async () => {
    const huge = {
      exceptionHistory: { entries: [{ exceptionName: 'x', stacktrace: 'x'.repeat(10_000_000), timestamp: 1 }] },
    }
    const answers: Readonly<Record<string, FlinkHttp>> = {
      never: () => new Promise(() => {}),
      text: async () => ({ status: 200, body: '<html>' }),
      nothing: async () => ({ status: 200, body: null }),
      'no-shape': async () => ({
        status: 200,
        body: { jobs: { a: 1 }, counts: 'many', 'flink-version': 4, latest: [] },
      }),
      huge: async () => ({ status: 200, body: huge }),
      teapot: async () => ({ status: 418, body: { errors: { no: 'list' } } }),
      throws: async () => {
        throw new TypeError('cannot read properties of undefined')
      },
    }
    const asked = new Set<string>()
    const http: FlinkHttp = (request) => {
      const name = new URL(request.base).hostname.split('-rest.')[0] ?? ''
      asked.add(name)
      return answers[name]?.(request) ?? Promise.resolve({ status: 200, body: { jobs: [] } })
    }
    const { begin, create, deploymentOf, server } = await world(http)
    for (const name of Object.keys(answers)) await create('FlinkDeployment', name, { spec: good })
    await begin()
    const client = kubeClient(server.transport({ name: 'admin', groups: ['system:masters'] }))
    const patch = (name: string) =>
      client.merge(
        { type: deployments, namespace: 'shop', name },
        { status: { replicas: 1, availableReplicas: 1, readyReplicas: 1 } },
        'status',
      )
    for (const name of Object.keys(answers)) {
      await expect.poll(() => deploymentOf(name), { timeout: 60_000 }).toBeDefined()
      await patch(name)
    }
    await expect.poll(() => Object.keys(answers).filter((name) => !asked.has(name)), { timeout: 60_000 }).toEqual([])
    await create('FlinkDeployment', 'orders', { spec: good })
    await expect.poll(() => deploymentOf('orders'), { timeout: 60_000 }).toBeDefined()
  },
)
