/**
 * How soon a home answers, and how quiet it is: from a manifest to the first object of its cluster, and what a settled
 * deployment still costs, in requests to Flink and in writes to Kubernetes. The operator runs in this process, over HTTPS
 * like a separate one, so that its requests can be counted.
 */
import { flinkDeployments, type FlinkDeployment } from '@drey/api'
import { readOperatorConfig } from '@drey/core'
import { undiciFlink, type FlinkHttp } from '@drey/flink'
import { configMaps, deployments, httpTransport, loadCluster, pods } from '@drey/kube'
import { startOperator } from '@drey/operator'
import { pathOf, realClock, type KubeObject, type KubeTransport } from '@drey/reconcile'
import { operatorDefaults } from '../packages/cli/src/home/operator-defaults.ts'
import { podAddresses } from '../packages/cli/src/home/pod-addresses.ts'
import { homeFolder, type BenchHome } from './parts/home.ts'
import { rowOf, type Bench, type Row } from './parts/row.ts'

const times = 20
const minutes = Number(process.env['DREY_BENCH_MINUTES'] ?? 2)
/** the caches of both JIT compilers are cold at first */
const warmUp = 3

export const bench = async (): Promise<Bench> => {
  const folder = homeFolder()
  try {
    folder.up('--no-operator')
    const home = await folder.open()
    const operator = await countedOperator(home.kubeconfig)
    try {
      const first = await firstObjects(home)
      const settled = await settledCosts(home, operator.counts)
      return { bench: 'latency', rows: [...first, ...settled], ratios: {} }
    } finally {
      await operator.close()
      await home.close()
    }
  } finally {
    folder.remove()
  }
}

interface Counts {
  flink: number
  writes: number
}

const countedOperator = async (kubeconfig: string): Promise<{ counts: Counts; close(): Promise<void> }> => {
  const counts: Counts = { flink: 0, writes: 0 }
  const https = httpTransport(await loadCluster({ file: kubeconfig }), 'bench-operator')
  const transport: KubeTransport = {
    send(request) {
      if (request.method !== 'GET') counts.writes++
      return https.send(request)
    },
    watch: https.watch,
  }
  const addresses = podAddresses(transport, realClock)
  await addresses.ready
  const flink = undiciFlink({ resolve: addresses.resolve })
  const counted: FlinkHttp = (request) => {
    counts.flink++
    return flink.http(request)
  }
  const operator = startOperator({
    transport,
    flinkHttp: counted,
    clock: realClock,
    random: Math.random,
    config: readOperatorConfig(operatorDefaults),
    side: {},
    snapshotResources: true,
    log: { info: () => {}, warn: (message, fields) => console.error(message, fields ?? '') },
  })
  await operator.ready
  return {
    counts,
    async close() {
      await operator.close()
      addresses.close()
      await flink.close()
      await https.close()
    },
  }
}

/** Each from the moment the manifest is sent; the image exists nowhere, so that nothing starts. */
const firstObjects = async ({ client, transport }: BenchHome): Promise<Row[]> => {
  const seen = new Map<string, number>()
  const over = new AbortController()
  const watching = [deployments, configMaps].map(async (type) => {
    const request = {
      method: 'GET' as const,
      path: pathOf(type, { namespace: 'default' }),
      query: { watch: 'true' },
      signal: over.signal,
    }
    for await (const { type: what, object } of transport.watch(request)) {
      const of = object.metadata?.ownerReferences?.[0]?.name ?? object.metadata?.labels?.['app']
      if (what === 'ADDED' && of && !seen.has(of)) seen.set(of, performance.now())
    }
  })
  const waits: number[] = []
  for (let n = 0; n < warmUp + times; n++) {
    const name = `latency-${n}`
    const from = performance.now()
    await client.create(flinkDeployments, deployment(name, 'nobody/nothing:1'))
    const deadline = Date.now() + 30_000
    while (!seen.has(name) && Date.now() < deadline) await pause(1)
    if (n >= warmUp) waits.push((seen.get(name) ?? NaN) - from)
    const ref = { type: flinkDeployments, namespace: 'default', name }
    await client.remove(ref)
    while (await client.find(ref)) await pause(50)
  }
  over.abort()
  await Promise.allSettled(watching)
  while ((await client.list(pods, { namespace: 'default' })).items.length > 0) await pause(100)
  return [rowOf('manifest sent until the first object of its cluster', 'ms', waits)]
}

const settledCosts = async ({ client }: BenchHome, counts: Counts): Promise<Row[]> => {
  const name = 'settled'
  await client.create(flinkDeployments, deployment(name, 'flink:1.20'))
  const ref = { type: flinkDeployments, namespace: 'default', name }
  const deadline = Date.now() + 120_000
  for (;;) {
    const status = (await client.find<FlinkDeployment & KubeObject>(ref))?.status
    if (status?.lifecycleState === 'STABLE' && status.jobStatus?.state === 'RUNNING') break
    if (Date.now() > deadline) throw new Error(`the job does not run: ${JSON.stringify(status)}`)
    await pause(100)
  }
  // What follows a start belongs to it.
  await pause(15_000)
  const perMinute: Counts[] = []
  for (let minute = 0; minute < minutes; minute++) {
    const before = { ...counts }
    await pause(60_000)
    perMinute.push({ flink: counts.flink - before.flink, writes: counts.writes - before.writes })
  }
  await client.remove(ref)
  while (await client.find(ref)) await pause(100)
  return [
    rowOf(
      'settled deployment: requests to Flink',
      '1/min',
      perMinute.map(({ flink }) => flink),
    ),
    rowOf(
      'settled deployment: writes to Kubernetes',
      '1/min',
      perMinute.map(({ writes }) => writes),
    ),
  ]
}

const deployment = (name: string, image: string): KubeObject => ({
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkDeployment',
  metadata: { name, namespace: 'default' },
  spec: {
    image,
    flinkVersion: 'v1_20',
    serviceAccount: 'default',
    jobManager: { resource: { cpu: 1, memory: '1600m' } },
    taskManager: { resource: { cpu: 1, memory: '1728m' } },
    job: {
      jarURI: 'local:///opt/flink/examples/streaming/TopSpeedWindowing.jar',
      parallelism: 1,
      upgradeMode: 'stateless',
    },
  },
})

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
