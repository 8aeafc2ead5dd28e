/** Snapshots of every kind on one running job: taken, registered, by nonce, by interval and cron, kept in limits, disposed of. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flinkDeployments, flinkStateSnapshots, type FlinkDeployment, type FlinkStateSnapshot } from '@drey/api'
import type { KubeObject } from '@drey/reconcile'
import { eventually, startCounterHome, type CounterHome } from './counter-job/home.ts'
import { hasKubectl } from './home.ts'

type Snapshot = FlinkStateSnapshot & KubeObject
type Deployed = FlinkDeployment & KubeObject
const version = (process.env['DREY_E2E_VERSIONS'] ?? '1.20').split(',')[0]!

describe(`snapshots of Flink ${version}`, () => {
  let home: CounterHome
  const name = 'snapped'
  const at = { type: flinkDeployments, namespace: 'default', name }
  const snapshotAt = (name: string) => ({ type: flinkStateSnapshots, namespace: 'default', name })
  const snapshot = (name: string, spec: object) => ({
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkStateSnapshot',
    metadata: { name, namespace: 'default' },
    spec,
  })
  const jobReference = { kind: 'FlinkDeployment', name }
  const completed = (name: string) =>
    home.until<Snapshot>(snapshotAt(name), 'completed', ({ status }) => status?.state === 'COMPLETED')
  const list = async () => (await home.client.list<Snapshot>(flinkStateSnapshots, { namespace: 'default' })).items
  const named = async (part: string) => (await list()).filter(({ metadata }) => metadata.name.includes(part))
  /** Where a path of the pods lies on this machine. */
  const onDisk = (path: string | undefined) =>
    join(
      home.dir,
      'runtime',
      'pvc',
      'default',
      'data',
      (path ?? '').replace(/^file:\/*/, '/').replace('/flink-data', ''),
    )
  const jobManager = async () =>
    (await home.podsOf(name)).find(({ metadata }) => metadata.labels?.['component'] === 'jobmanager')?.metadata.uid
  const configure = (options: Record<string, string | null>) =>
    home.client.merge(at, { spec: { flinkConfiguration: options } })
  let born: string | undefined

  beforeAll(async () => {
    home = await startCounterHome(version)
    await home.apply(home.counter(name))
    await home.untilStable(name)
    await home.goesOn(name)
    born = await jobManager()
  })
  afterAll(() => home.close())

  test('a savepoint and a checkpoint as resources', async () => {
    await home.apply(
      snapshot('one', { jobReference, savepoint: { formatType: 'NATIVE' } }),
      snapshot('two', { jobReference, checkpoint: {} }),
    )
    const { status, metadata } = await completed('one')
    expect(status?.path).toMatch(/^file:\/+flink-data\/snapped\/savepoints\/savepoint-/)
    expect(existsSync(join(onDisk(status?.path), '_metadata'))).toBe(true)
    expect(metadata.labels).toMatchObject({
      'snapshot.type': 'SAVEPOINT',
      'snapshot.trigger-type': 'MANUAL',
      'job-reference.name': name,
    })
    expect((await completed('two')).status?.path).toContain('/checkpoints/')
    if (hasKubectl)
      expect(await home.kubectl('get', 'flinksnp', 'one')).toMatch(
        /^NAME +PATH +RESULT TIMESTAMP +SNAPSHOT STATE\none +file:\S+ +\S+ +COMPLETED\n$/,
      )
  })

  test('a registered savepoint is complete at once and stays on disk when told so; a disposed one goes', async () => {
    const { path } = (await completed('one')).status!
    await home.apply(
      snapshot('registered', { savepoint: { path, alreadyExists: true, disposeOnDelete: false } }),
      snapshot('thrown-away', { jobReference, savepoint: {} }),
    )
    expect((await completed('registered')).status?.path).toBe(path)
    const other = (await completed('thrown-away')).status?.path
    expect(existsSync(onDisk(other))).toBe(true)
    for (const gone of ['registered', 'thrown-away']) {
      await home.client.remove(snapshotAt(gone))
      await home.untilGone(snapshotAt(gone))
    }
    await eventually('the data of the disposed savepoint is gone', () => !existsSync(onDisk(other)))
    expect(existsSync(onDisk(path))).toBe(true)
  })

  test('a nonce takes one, once; the place of a savepoint is in the status, too', async () => {
    await home.client.merge(at, { spec: { job: { savepointTriggerNonce: 1, checkpointTriggerNonce: 1 } } })
    for (const kind of ['savepoint', 'checkpoint'])
      await eventually(`a manual ${kind}`, async () =>
        (await named(`${name}-${kind}-manual-`)).some(({ status }) => status?.state === 'COMPLETED'),
      )
    // Once more the same value, beside another change that is ignored: nothing is taken.
    await home.client.merge(at, { spec: { job: { savepointTriggerNonce: 1, allowNonRestoredState: true } } })
    await home.goesOn(name)
    expect(await named(`${name}-savepoint-manual-`)).toHaveLength(1)
    expect(await jobManager()).toBe(born)
  })

  test('one for every interval, no more than the limit; cron for checkpoints; and no restart', async () => {
    await configure({
      'kubernetes.operator.periodic.savepoint.interval': '3s',
      'kubernetes.operator.periodic.checkpoint.interval': '*/4 * * * * ?',
      'kubernetes.operator.savepoint.history.max.count': '2',
    })
    const seen = new Set<string>()
    await eventually('five periodic savepoints were taken, and some checkpoints', async () => {
      for (const { metadata, status } of await named('-periodic-'))
        if (status?.state === 'COMPLETED') seen.add(metadata.name)
      const names = [...seen]
      return (
        names.filter((one) => one.includes('-savepoint-')).length >= 5 &&
        names.some((one) => one.includes('-checkpoint-'))
      )
    })
    await configure({
      'kubernetes.operator.periodic.savepoint.interval': null,
      'kubernetes.operator.periodic.checkpoint.interval': null,
    })
    // The name ends in the moment it was due: never sooner than an interval after the one before.
    const due = [...seen]
      .filter((one) => one.includes('-savepoint-'))
      .map((one) => Number(one.split('-').at(-1)))
      .toSorted((a, b) => a - b)
    for (let i = 1; i < due.length; i++) expect(due[i]! - due[i - 1]!).toBeGreaterThanOrEqual(3_000)
    await eventually('the limit is kept', async () => {
      const left = await named(`${name}-savepoint-periodic-`)
      return left.length <= 2 && left.length > 0
    })
    // What a user took is nobody else's to remove.
    expect((await list()).map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(['one', 'two']))
    expect(await jobManager()).toBe(born)
  })

  test('a savepoint that cannot be written says why and does not disturb the job', async () => {
    await home.apply(
      snapshot('unwritable', { jobReference, backoffLimit: 0, savepoint: { path: 'file:///proc/nowhere' } }),
    )
    const { status } = await home.until<Snapshot>(
      snapshotAt('unwritable'),
      'failed',
      ({ status }) => status?.state === 'FAILED',
    )
    expect(status?.error).toBeTruthy()
    await home.untilStable(name)
    await home.goesOn(name)
  })

  test('savepoints kept in the status when the option says so', async () => {
    await configure({ 'kubernetes.operator.snapshot.resource.enabled': 'false' })
    await home.client.merge(at, { spec: { job: { savepointTriggerNonce: 2 } } })
    const { status } = await home.until<Deployed>(at, 'saved', ({ status }) =>
      Boolean(status?.jobStatus?.savepointInfo?.lastSavepoint?.location),
    )
    expect(existsSync(onDisk(status?.jobStatus?.savepointInfo?.lastSavepoint?.location))).toBe(true)
    expect(status?.jobStatus?.savepointInfo?.triggerId ?? undefined).toBeUndefined()
    await configure({ 'kubernetes.operator.snapshot.resource.enabled': null })
  })

  test('snapshots of a job that is gone are deletable', async () => {
    await home.client.remove(at, { propagation: 'Background' })
    await home.untilGone(at)
    for (const { metadata } of await list()) await home.client.remove(snapshotAt(metadata.name))
    await eventually('all are gone', async () => (await list()).length === 0, 60_000)
  })
})
