/** Published walk-throughs, typed as they are printed: what the reader is told to see is seen. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flinkDeployments, flinkSessionJobs, type FlinkDeployment } from '@drey/api'
import { pods } from '@drey/kube'
import type { KubeObject } from '@drey/reconcile'
import { hasKubectl, processOf, root, startHome, type Home } from './home.ts'

type Deployed = FlinkDeployment & KubeObject

const version = (process.env['DREY_E2E_VERSIONS'] ?? '1.20').split(',')[0]!
const flinkVersion = `v${version.replace('.', '_')}`

if (!hasKubectl) console.warn('SKIPPED: the scenarios need kubectl, which is not installed')

describe.skipIf(!hasKubectl)('walk-throughs', () => {
  let home: Home
  beforeAll(async () => {
    home = await startHome()
  })
  afterAll(() => home.close())

  const kubectlWith = (input: string, ...words: string[]) => {
    const child = spawnSync('kubectl', words, { cwd: root, env: home.env, input, encoding: 'utf8' })
    if (child.status !== 0) throw new Error(child.stderr)
    return child.stdout
  }
  const at = (name: string, namespace = 'default') => ({ type: flinkDeployments, namespace, name })
  const stable = (name: string, namespace = 'default', after?: string) =>
    home.until<Deployed>(
      at(name, namespace),
      'running and stable',
      ({ status, metadata }) =>
        status?.lifecycleState === 'STABLE' &&
        status.observedGeneration === metadata.generation &&
        status.jobStatus?.state === 'RUNNING' &&
        status.jobStatus.jobId !== after,
      180_000,
    )
  const rest = async (name: string, path: string, namespace = 'default') => {
    const list = (await home.client.list(pods, { namespace, labelSelector: `app=${name},component=jobmanager` })).items
    const pod = list.find((one) => !one.metadata.deletionTimestamp)!
    const url = `http://${(pod['status'] as { podIP?: string }).podIP}:8081${path}`
    return JSON.parse(await home.kubectl('exec', '-n', namespace, pod.metadata.name, '--', 'curl', '-sf', url))
  }

  test('first job, rescale by patch, delete', async () => {
    const manifest = `
apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: {name: basic-example}
spec:
  image: flink:${version}-java17
  flinkVersion: ${flinkVersion}
  serviceAccount: flink
  flinkConfiguration: {taskmanager.numberOfTaskSlots: "2"}
  jobManager: {resource: {cpu: 1, memory: 1600m}}
  taskManager: {resource: {cpu: 1, memory: 1600m}}
  job: {jarURI: "local:///opt/flink/examples/streaming/StateMachineExample.jar", parallelism: 2, upgradeMode: stateless}
  ingress: {template: "localhost/{{name}}(/|$)(.*)", className: nginx, annotations: {nginx.ingress.kubernetes.io/rewrite-target: /$2}}
`
    // The account comes after the deployment: it recovers by itself.
    kubectlWith(manifest, 'create', '-f', '-')
    await home.kubectl('create', 'serviceaccount', 'flink')
    await home.kubectl('create', 'rolebinding', 'flink', '--clusterrole=edit', '--serviceaccount=default:flink')
    const first = await stable('basic-example')
    expect(await home.kubectl('get', 'flinkdeployment', 'basic-example')).toMatch(
      /^NAME +JOB STATUS +LIFECYCLE STATE\nbasic-example +RUNNING +STABLE\n$/,
    )
    expect(first.status?.jobManagerDeploymentStatus).toBe('READY')
    expect(first.status?.error).toBeUndefined()
    expect(first.status?.conditions?.find((c) => c.type === 'Running')?.status).toBe('True')
    const names = (await home.kubectl('get', 'all', '-o', 'name')).split('\n')
    expect(names).toContain('pod/basic-example-taskmanager-1-1')
    expect(names).toContain('service/basic-example-rest')
    expect(await home.kubectl('get', 'ingress', 'basic-example', '-o', 'name')).toContain('basic-example')
    expect(await rest('basic-example', '/v1/overview')).toMatchObject({ taskmanagers: 1, 'slots-total': 2 })
    const jobs = (await rest('basic-example', '/v1/jobs/overview')).jobs
    expect(jobs.map((job: { jid: string }) => job.jid)).toEqual([first.status?.jobStatus?.jobId])

    await home.kubectl(
      'patch',
      'FlinkDeployment',
      'basic-example',
      '--patch',
      '{"spec": {"job": {"parallelism": 4}}}',
      '--type=merge',
    )
    const second = await stable('basic-example', 'default', first.status?.jobStatus?.jobId)
    expect(await rest('basic-example', '/v1/overview')).toMatchObject({ taskmanagers: 2, 'slots-total': 4 })
    const checkpoints = await rest('basic-example', `/v1/jobs/${second.status?.jobStatus?.jobId}/checkpoints`)
    expect(checkpoints.latest.restored).toBeNull()
    expect(await home.kubectl('events', '--for', 'flinkdeployment/basic-example')).toContain('job.parallelism : 2 -> 4')

    await home.kubectl('delete', 'FlinkDeployment', 'basic-example', '--timeout=60s')
    expect((await home.kubectl('get', 'deploy,svc,pod,ingress', '-l', 'app=basic-example', '-o', 'name')).trim()).toBe(
      '',
    )
    await expect(home.kubectl('delete', 'FlinkDeployment', 'basic-example')).rejects.toThrow(/NotFound/)
  })

  test('namespace, narrow role, claim of an unknown class; watch, jsonpath; a TaskManager is killed', async () => {
    const app = `
apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: {name: word-count-app, namespace: flink}
spec:
  image: flink:${version}
  flinkVersion: ${flinkVersion}
  serviceAccount: flink
  flinkConfiguration:
    taskmanager.numberOfTaskSlots: "2"
    state.backend: rocksdb
    state.checkpoints.dir: file:///flink-data/checkpoints
    state.savepoints.dir: file:///flink-data/savepoints
    execution.checkpointing.interval: 60s
    execution.checkpointing.mode: EXACTLY_ONCE
  podTemplate:
    spec:
      containers: [{name: flink-main-container, volumeMounts: [{name: flink-data, mountPath: /flink-data}]}]
      volumes: [{name: flink-data, persistentVolumeClaim: {claimName: flink-data}}]
  jobManager: {replicas: 1, resource: {cpu: 1, memory: 1600m}}
  taskManager: {replicas: 2, resource: {cpu: 1, memory: 1600m}}
  job: {jarURI: "local:///opt/flink/examples/streaming/StateMachineExample.jar", parallelism: 4, upgradeMode: savepoint, state: running}
`
    const resources = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: flink, namespace: flink}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: flink-role, namespace: flink}
rules: [{apiGroups: [""], resources: [pods, configmaps], verbs: [get, list, watch, create, update, patch, delete]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: flink-role-binding, namespace: flink}
subjects: [{kind: ServiceAccount, name: flink, namespace: flink}]
roleRef: {kind: Role, name: flink-role, apiGroup: rbac.authorization.k8s.io}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: flink-data, namespace: flink}
spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 50Gi}}, storageClassName: nfs-storage}
`
    await home.kubectl('create', 'namespace', 'flink')
    kubectlWith(app, 'apply', '-f', '-')
    kubectlWith(resources, 'apply', '-f', '-')
    const running = await stable('word-count-app', 'flink')
    expect(await home.kubectl('get', 'pvc', 'flink-data', '-n', 'flink', '-o', 'jsonpath={.status.phase}')).toBe(
      'Bound',
    )
    const state = await home.kubectl(
      'get',
      'flinkdeployment',
      'word-count-app',
      '-n',
      'flink',
      '-o',
      'jsonpath={.status.jobStatus.state}',
    )
    expect(state).toBe('RUNNING')
    expect(await rest('word-count-app', '/v1/overview', 'flink')).toMatchObject({ taskmanagers: 2, 'slots-total': 4 })
    // The role lacks deployments: on a cluster the job would hang; here it runs and the missing right is named.
    expect(await home.kubectl('get', 'events', '-n', 'flink')).toMatch(/MissingRight.*deployments/)

    const jobId = running.status?.jobStatus?.jobId
    const completed = async () =>
      (await rest('word-count-app', `/v1/jobs/${jobId}/checkpoints`, 'flink')).counts.completed as number
    const deadline = Date.now() + 60_000
    while ((await completed()) < 1 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 300))
    const volume = join(home.dir, 'runtime', 'pvc', 'flink', 'flink-data', 'checkpoints', jobId ?? '')
    expect(readdirSync(volume).some((name) => name.startsWith('chk-'))).toBe(true)

    // Which numbers the JobManager gives to its new TaskManagers is its own affair: it may ask for one more than stays.
    // Flink names a TaskManager by its pod.
    const workers = async (): Promise<string[]> =>
      (await rest('word-count-app', '/v1/taskmanagers', 'flink')).taskmanagers
        .filter((worker: { freeSlots: number }) => worker.freeSlots === 0)
        .map((worker: { id: string }) => worker.id)
    const replacementOf = async (lost: string): Promise<string> => {
      const until = Date.now() + 90_000
      for (;;) {
        const working = await workers()
        const fresh = working.find((name) => !known.has(name))
        if (fresh !== undefined && working.length === 2 && !working.includes(lost)) {
          known.add(fresh)
          return fresh
        }
        if (Date.now() > until) throw new Error(`nothing replaced ${lost}: ${working.join(', ')} work`)
        await new Promise((resolve) => setTimeout(resolve, 300))
      }
    }
    const known = new Set(await workers())
    expect([...known].sort()).toEqual(['word-count-app-taskmanager-1-1', 'word-count-app-taskmanager-1-2'])
    await home.kubectl('delete', 'pod', 'word-count-app-taskmanager-1-1', '-n', 'flink')
    const second = await replacementOf('word-count-app-taskmanager-1-1')
    const restored = async () =>
      (await rest('word-count-app', `/v1/jobs/${jobId}/checkpoints`, 'flink')).latest.restored
    while (!(await restored()) && Date.now() < deadline + 60_000)
      await new Promise((resolve) => setTimeout(resolve, 300))
    expect((await restored())?.external_path).toMatch(/chk-\d+/)
    expect((await stable('word-count-app', 'flink')).status?.jobStatus?.jobId).toBe(jobId)

    process.kill(await processOf(second), 'SIGKILL')
    await replacementOf(second)
    expect((await stable('word-count-app', 'flink')).status?.jobStatus?.jobId).toBe(jobId)
    await home.kubectl('delete', 'namespace', 'flink', '--timeout=120s')
  })

  test('session cluster; a session job without a job is refused and runs when it is complete', async () => {
    const session = `
apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: {name: basic-session-cluster, namespace: default}
spec:
  image: docker.io/library/flink:${version}-java17
  flinkVersion: ${flinkVersion}
  serviceAccount: flink
  flinkConfiguration: {taskmanager.numberOfTaskSlots: "2"}
  jobManager: {resource: {cpu: 1, memory: 1600m}}
  taskManager: {resource: {cpu: 1, memory: 1600m}}
`
    kubectlWith(session, 'apply', '-f', '-')
    await home.until<Deployed>(
      at('basic-session-cluster'),
      'ready',
      ({ status }) => status?.lifecycleState === 'STABLE',
    )
    expect(await home.kubectl('get', 'flinkdeployment', 'basic-session-cluster')).toMatch(
      /basic-session-cluster +STABLE\n/,
    )
    const services = await home.kubectl('get', 'svc', '-l', 'app=basic-session-cluster', '-o', 'name')
    expect(services.trim().split('\n').toSorted()).toEqual([
      'service/basic-session-cluster',
      'service/basic-session-cluster-rest',
    ])
    expect(await rest('basic-session-cluster', '/v1/overview')).toMatchObject({ taskmanagers: 0, 'jobs-running': 0 })

    kubectlWith(
      `{"apiVersion":"flink.apache.org/v1beta1","kind":"FlinkSessionJob","metadata":{"name":"basic-session-job-example"},"spec":{"deploymentName":"basic-session-cluster"}}`,
      'apply',
      '-f',
      '-',
    )
    const job = { type: flinkSessionJobs, namespace: 'default', name: 'basic-session-job-example' }
    const refused = await home.until<KubeObject & { status?: { error?: string } }>(job, 'refused', ({ status }) =>
      Boolean(status?.error),
    )
    expect(refused.status?.error).toContain('The job spec should not be empty')
    expect((await rest('basic-session-cluster', '/v1/jobs/overview')).jobs).toEqual([])
    await home.kubectl('delete', 'flinksessionjob', 'basic-session-job-example', '--timeout=60s')
    await home.kubectl('delete', 'flinkdeployment', 'basic-session-cluster', '--timeout=60s')
  })
})
