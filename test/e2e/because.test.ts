/** What was done, why, and what would be: the commands that look, against real Flink, from deployment over upgrade to deletion. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { flinkDeployments, type FlinkDeployment } from '@drey/api'
import { configMaps } from '@drey/kube'
import type { KubeObject } from '@drey/reconcile'
import { claim, deployment, dreyOnce, startHome, volumes, type Home } from './home.ts'

const name = 'orders'
const ref = { type: flinkDeployments, namespace: 'default', name }
const job = (parallelism: number, more: object = {}) =>
  deployment(name, {
    image: 'flink:1.20',
    flinkVersion: 'v1_20',
    podTemplate: volumes('data'),
    flinkConfiguration: {
      'taskmanager.numberOfTaskSlots': '2',
      'execution.checkpointing.interval': '1s',
      'state.checkpoints.dir': 'file:///flink-data/cp',
      'state.savepoints.dir': 'file:///flink-data/sp',
      's3.secret-key': 'correct-horse-battery',
    },
    job: {
      jarURI: 'local:///opt/flink/examples/streaming/StateMachineExample.jar',
      parallelism,
      upgradeMode: 'savepoint',
      ...more,
    },
  })

let home: Home
const drey = (...words: string[]) => dreyOnce(words, home.env)
const json = (...words: string[]) => JSON.parse(drey(...words, '-o', 'json').stdout)
beforeAll(async () => {
  home = await startHome()
  await home.apply(claim('data'))
})
afterAll(() => home.close())

test('a job is planned, deployed, looked at, upgraded as planned, refused, suspended, and its story told', async () => {
  const manifest = join(home.dir, 'orders.json')
  writeFileSync(manifest, JSON.stringify(job(1)))
  expect(json('plan', '-f', manifest)).toMatchObject({
    kind: 'Plan',
    outcome: 'change',
    what: 'deploy',
    steps: [{ step: 'deploy' }],
    restore: { from: 'nothing' },
  })
  await home.apply(job(1))
  await home.untilStable(name)

  // The JobManager is seen through the API server, and its checkpoint is the resume point.
  await expect
    .poll(() => json('status', name), { timeout: 20_000, interval: 500 })
    .toMatchObject({
      lifecycle: 'STABLE',
      state: { what: 'checkpoint', path: expect.stringContaining('/chk-') },
      job: { state: 'RUNNING' },
      capacity: { slots: { used: 1, total: 2 } },
      last: { what: 'deploy', result: 'done' },
      unknown: [],
    })
  const plan = json('plan', name, '--set', 'spec.job.parallelism=2')
  expect(plan).toMatchObject({ outcome: 'change', what: 'upgrade', by: 'savepoint', restore: { from: 'savepoint' } })
  expect(plan.steps.map(({ step }: { step: string }) => step)).toEqual(['suspend', 'remove', 'deploy'])

  await home.apply(job(2))
  const upgraded = await home.untilStable(name)
  const path = (upgraded as FlinkDeployment).status?.jobStatus?.upgradeSavepointPath
  const history = json('history', name)
  expect(history.operations[0]).toMatchObject({
    what: 'upgrade',
    result: 'done',
    from: 1,
    generation: 2,
    state: path,
    change: ['job.parallelism: 1 → 2'],
  })
  const { lines } = json('explain', name)
  expect(lines.map(({ who }: { who: string }) => who)).toEqual(
    expect.arrayContaining(['you', 'upgrade', 'flink', 'now']),
  )
  expect(lines.map(({ text }: { text: string }) => text).join('\n')).toContain(`from ${path}`)

  await home.kubectl('patch', 'flinkdep', name, '--type', 'merge', '-p', '{"spec":{"job":{"parallelism":-1}}}')
  await expect
    .poll(() => drey('why-not', name).stdout, { timeout: 20_000, interval: 300 })
    .toMatch(/^orders: nothing happens because the new spec is refused: /)

  await home.apply(job(2, { state: 'suspended' }))
  await home.until<FlinkDeployment & KubeObject>(
    ref,
    'suspended',
    ({ status }) => status?.lifecycleState === 'SUSPENDED',
  )
  expect(json('status', name)).toMatchObject({ lifecycle: 'SUSPENDED', state: { what: 'savepoint' } })
  expect(json('why-not', name)).toMatchObject({ blocked: true, answer: expect.stringContaining('suspended') })
  expect(json('plan', name, '--set', 'spec.job.state=running')).toMatchObject({
    what: 'resume',
    restore: { from: 'savepoint', path: expect.stringContaining('savepoint-') },
  })
})

test('its passes are decided again as they were, and nowhere stands a secret', () => {
  const cycles = drey('explain', name, '--cycles', '-o', 'json')
  const file = join(home.dir, 'cycles.json')
  writeFileSync(file, cycles.stdout)
  const replay = drey('replay', file)
  expect(replay.stdout).toMatch(/(\d+) of \1 passes are decided as they were\.\n$/)
  expect(replay.status).toBe(0)
  const told = [
    cycles.stdout,
    readFileSync(join(home.dir, 'journal', 'cycles.jsonl'), 'utf8'),
    ...['status', 'explain'].map((word) => drey(word, name, '-o', 'json').stdout),
  ]
  for (const text of told) expect(text).not.toContain('correct-horse-battery')
})

test('its history goes with it', async () => {
  const map = { type: configMaps, namespace: 'default', name: `drey-history-${name}` }
  expect((await home.client.get(map)).metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'drey' })
  drey('delete', 'flinkdeployment', name)
  await home.untilGone(map)
})
