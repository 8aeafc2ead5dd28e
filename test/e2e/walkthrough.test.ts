/** More of the published walk-throughs: Flink's own pages through a port-forward, a lost JobManager pod, jars from elsewhere. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flinkSessionJobs, type FlinkSessionJob } from '@drey/api'
import { findFlink, defaultFlinkDir } from '@drey/flink-home'
import type { KubeObject } from '@drey/reconcile'
import { claim, deployment, dreyOnce, hasKubectl, serveFiles, startHome, volumes, type Home } from './home.ts'
import { jarThatNeeds } from './jar-that-needs.ts'

const [version = '1.20'] = (process.env['DREY_E2E_VERSIONS'] ?? '1.20').split(',')
const other = version.startsWith('2.') ? version : '2.2'

if (!hasKubectl) console.warn('SKIPPED: the walk-throughs need kubectl, which is not installed')

describe.skipIf(!hasKubectl)('walk-throughs', () => {
  let home: Home
  const forwards: ChildProcess[] = []
  beforeAll(async () => {
    home = await startHome()
  })
  afterAll(async () => {
    for (const child of forwards) child.kill()
    await home.close()
  })

  /** `kubectl port-forward`, as typed; answers the address it prints. */
  const forward = async (
    ...words: string[]
  ): Promise<{ url: string; ended: Promise<number | null>; said(): string }> => {
    const child = spawn('kubectl', ['port-forward', ...words], { env: home.env, stdio: ['ignore', 'pipe', 'pipe'] })
    forwards.push(child)
    let text = ''
    const hear = (chunk: Buffer) => void (text += chunk.toString())
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    const port = await eventually('it forwards', () => /Forwarding from 127\.0\.0\.1:(\d+) -> 8081/.exec(text)?.[1])
    return { url: `http://127.0.0.1:${port}`, ended, said: () => text }
  }

  test('web UI by port-forward; the JobManager pod is deleted: same job, newest checkpoint', async () => {
    await home.apply(
      claim('ui-data'),
      deployment('ui', {
        image: `flink:${version}`,
        flinkVersion: `v${version.replace('.', '_')}`,
        flinkConfiguration: {
          'taskmanager.numberOfTaskSlots': '2',
          'high-availability.type': 'kubernetes',
          'high-availability.storageDir': 'file:///flink-data/ha',
          'state.checkpoints.dir': 'file:///flink-data/checkpoints',
          'execution.checkpointing.interval': '1 s',
        },
        podTemplate: volumes('ui-data'),
        job: {
          jarURI: 'local:///opt/flink/examples/streaming/StateMachineExample.jar',
          parallelism: 2,
          upgradeMode: 'last-state',
        },
      }),
    )
    const jobId = (await home.untilStable('ui')).status?.jobStatus?.jobId ?? ''
    // Whatever runs, the usual port of the machine itself stays free for the forward.
    expect(await listens('127.0.0.1', 8081)).toBe(false)
    const first = await forward('svc/ui-rest', ':8081')
    const page = await (await fetch(`${first.url}/`)).text()
    expect(page).toContain('Apache Flink Web Dashboard')
    const assets = [...page.matchAll(/(?:src|href)="([^":]+\.(?:js|css))"/g)].map((match) => match[1] ?? '')
    expect(assets.length).toBeGreaterThan(3)
    for (const asset of assets) {
      const answer = await fetch(`${first.url}/${asset}`)
      expect([asset, answer.status]).toEqual([asset, 200])
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(0)
    }
    const ask = async (url: string, path: string): Promise<any> => (await fetch(`${url}/v1${path}`)).json()
    expect(await ask(first.url, '/overview')).toMatchObject({ taskmanagers: 1, 'slots-total': 2, 'jobs-running': 1 })
    const job = await ask(first.url, `/jobs/${jobId}`)
    expect(job.plan.nodes.length).toBe(job.vertices.length)
    // The sampling of back pressure begins with the first question.
    for (const { id } of job.vertices)
      await eventually('back pressure', async () => {
        const answer = await ask(first.url, `/jobs/${jobId}/vertices/${id}/backpressure`)
        return ['ok', 'deprecated'].includes(answer.status)
      })
    const completed = await eventually('a checkpoint', async () => {
      const { latest } = await ask(first.url, `/jobs/${jobId}/checkpoints`)
      return latest.completed as { id: number } | null
    })

    const before = await podNames('ui', 'taskmanager')
    await home.kubectl('delete', 'pod', '-l', 'app=ui,component=jobmanager')
    // The forward ends with its pod: at the latest when it is used.
    await fetch(`${first.url}/v1/overview`).catch(() => undefined)
    expect(await Promise.race([first.ended.then(() => 'ended'), after(30_000, 'hangs')])).toBe('ended')
    expect(first.said()).toContain('lost connection to pod')

    const again = await home.untilStable('ui')
    expect(again.status?.jobStatus?.jobId).toBe(jobId)
    const second = await forward('svc/ui-rest', ':8081')
    const restored = await eventually('it is restored', async () => {
      const { latest } = await ask(second.url, `/jobs/${jobId}/checkpoints`).catch(() => ({ latest: {} }))
      return latest?.restored as { id: number; external_path: string } | undefined
    })
    expect(restored.id).toBeGreaterThanOrEqual(completed.id)
    expect(restored.external_path).toContain(`/checkpoints/${jobId}/chk-${restored.id}`)
    expect(await home.kubectl('logs', '-l', 'app=ui,component=jobmanager', '--tail=-1')).toMatch(
      new RegExp(`Restoring job ${jobId} from Checkpoint`),
    )
    expect(await podNames('ui', 'taskmanager')).toEqual(expect.arrayContaining(before))
    await home.kubectl('delete', 'flinkdeployment', 'ui', '--timeout=60s')
  })

  test('jars from elsewhere: other schemes and private hosts are refused, a jar of Flink 1.x on 2.x is explained', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'drey-jars-'))
    const flinkDir = process.env['DREY_FLINK_DIR'] ?? defaultFlinkDir()
    if (!findFlink(flinkDir, other)) dreyOnce(['flink', 'add', other])
    const examples = await serveFiles(join(findFlink(flinkDir, other)!.dir, 'examples', 'streaming'))
    const own = await serveFiles(dir)
    const missing = 'org/apache/flink/streaming/api/functions/source/SourceFunction'
    writeFileSync(join(dir, 'old.jar'), jarThatNeeds(missing))
    const told =
      'is missing in this Flink: the jar was built for another version. A jar built for Flink 1.x cannot run on 2.x.'
    const at = { type: flinkSessionJobs, namespace: 'default', name: 'jars' }
    const patch = (jarURI: string) =>
      home.kubectl('patch', 'sessionjob', 'jars', '--type=merge', '-p', JSON.stringify({ spec: { job: { jarURI } } }))
    const refused = (words: string) =>
      home.until<FlinkSessionJob & KubeObject>(at, `refused: ${words}`, ({ status }) =>
        (status?.error ?? '').includes(words),
      )
    try {
      await home.apply(
        deployment('elsewhere', { image: `flink:${other}`, flinkVersion: `v${other.replace('.', '_')}` }),
        {
          apiVersion: 'flink.apache.org/v1beta1',
          kind: 'FlinkSessionJob',
          metadata: { name: 'jars', namespace: 'default' },
          spec: {
            deploymentName: 'elsewhere',
            job: { jarURI: 'http://example.com/job.jar', parallelism: 1, upgradeMode: 'stateless' },
          },
        },
      )
      await refused('is not in the allowlist [https]')
      await patch('https://10.1.2.3/job.jar')
      await refused('10.1.2.3')
      await patch(`${own.url}/old.jar`)
      const failed = await refused(told)
      expect(JSON.parse(failed.status?.error ?? '{}').message.split('\n')[0]).toMatch(
        new RegExp(`${missing.replaceAll('/', '[./]')} ${told}`),
      )
      await patch(`${examples.url}/TopSpeedWindowing.jar`)
      await home.untilStable('jars', flinkSessionJobs)
      expect((await home.flink('elsewhere', '/jars')).files).toEqual([])
    } finally {
      examples.close()
      own.close()
      rmSync(dir, { recursive: true, force: true })
    }
  })

  const podNames = async (name: string, component: string): Promise<string[]> =>
    (await home.podsOf(name))
      .filter((pod) => pod.metadata.labels?.['component'] === component)
      .map((pod) => pod.metadata.name)
})

const after = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(() => resolve(value), ms))

const eventually = async <T>(
  what: string,
  look: () => T | undefined | null | Promise<T | undefined | null>,
): Promise<T> => {
  for (const until = Date.now() + 60_000; Date.now() < until; await after(100, undefined)) {
    const found = await look()
    if (found) return found
  }
  throw new Error(`not within a minute: ${what}`)
}

const listens = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
