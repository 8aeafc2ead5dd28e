/** wait, apply with plans, and what is watched, as a user meets them: over HTTPS, on frozen worlds. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plan } from '@drey/core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { printedTable } from '../../src/table.ts'
import { withoutControls } from '../../src/terminal.ts'
import { watched } from '../../src/look/watched.ts'
import type { Context } from '../../src/command.ts'
import { serve, world, type Served } from './served.ts'

// Each of them opens a server with its keys: on a busy machine that takes a while.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const inWorld = async <T>(name: string, look: (cluster: Served) => Promise<T>): Promise<T> => {
  const cluster = await serve(world(name))
  try {
    return await look(cluster)
  } finally {
    await cluster.close()
  }
}

describe('wait', () => {
  const ends: [name: string, words: string[], code: number, said: RegExp][] = [
    ['upgraded', ['orders'], 0, /^orders stable\n$/],
    ['session-job', ['clicks'], 0, /^clicks stable\n$/],
    ['session-job', ['sessionjob', 'clicks', '--for', 'running'], 0, /^clicks running\n$/],
    ['session-job', ['FlinkDeployment/orders'], 0, /^orders stable\n$/],
    ['suspended', ['orders', '--for', 'suspended'], 0, /^orders suspended\n$/],
    ['suspended', ['orders', '--for', 'condition=ready'], 0, /^orders ready\n$/],
    ['failed', ['orders', '--for', 'condition=Stalled'], 0, /^orders Stalled\n$/],
    ['failed', ['orders'], 1, /error JOB_FAILED: orders has failed\./],
    ['rolled-back', ['orders'], 1, /error ROLLED_BACK: orders did not get stable .*rolled back/],
    ['refused', ['orders'], 1, /error SPEC_REFUSED: The spec of orders is refused; what ran goes on\./],
    ['upgraded', ['nobody', '--for', 'deleted'], 0, /^$/],
    ['upgraded', ['order'], 3, /error NOT_FOUND: .*"order" in shop\.\n {2}fix {4}did you mean orders\?/],
    [
      'suspended',
      ['orders', '--for', 'running', '--timeout', '1s'],
      8,
      /error TIMEOUT: orders is not running after 1s/,
    ],
  ]
  test.each(ends)('%s: %j ends with %i', async (name, words, code, said) => {
    const answer = await inWorld(name, (cluster) => cluster.drey('wait', ...words))
    expect([answer.code, code === 0 ? answer.stdout : answer.stderr]).toEqual([code, expect.stringMatching(said)])
  })
})

describe('apply', () => {
  let cluster: Served
  beforeAll(async () => void (cluster = await serve(world('last-state'))))
  afterAll(() => cluster.close())

  const manifest = (image: string, name = 'orders') => {
    const { object } = cluster.objects.find(({ bucket }) => bucket.startsWith('flinkdeployments'))!
    const file = join(cluster.dir, `${name}-${image.replace(':', '-')}.json`)
    const { apiVersion, kind } = { apiVersion: 'flink.apache.org/v1beta1', kind: 'FlinkDeployment' }
    const spec = { ...(object['spec'] as object), image }
    writeFileSync(file, JSON.stringify({ apiVersion, kind, metadata: { name, namespace: 'shop' }, spec }))
    return file
  }
  const imageOf = async () =>
    (await cluster.drey('get', 'flinkdep', 'orders', '-o', 'jsonpath={.spec.image}')).stdout.trim()

  test('--dry-run changes nothing and tells the plan', async () => {
    const before = await imageOf()
    const { code, stdout } = await cluster.drey('apply', '-f', manifest('flink:7'), '--dry-run', '--force-conflicts')
    expect(stdout).toMatch(/^flinkdeployment\.flink\.apache\.org\/orders would be applied \(dry run\)\norders: UPGRADE/)
    expect([code, await imageOf()]).toEqual([0, before])
    // Without force it says what applying would run into.
    const refused = await cluster.drey('apply', '-f', manifest('flink:7'), '--dry-run')
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/error CONFLICT: [\s\S]*--force-conflicts/),
    ])
  })

  test('--plan is carried out as long as it is the plan, and refused with 6 otherwise', async () => {
    const file = manifest('flink:8')
    const plan = JSON.parse((await cluster.drey('plan', '-f', file, '-o', 'json')).stdout) as Plan
    const other = await cluster.drey('apply', '-f', manifest('flink:9'), '--plan', plan.id, '--force-conflicts')
    expect([other.code, other.stderr]).toEqual([
      6,
      expect.stringMatching(/error PLAN_OUTDATED: Plan \w{6} no longer fits orders\.[\s\S]*nothing was done/),
    ])
    expect(await imageOf()).not.toMatch(/flink:[89]/)
    const wrong = await cluster.drey('apply', '-f', file, '--plan', plan.id, '--plan', 'abcdef', '--force-conflicts')
    expect([wrong.code, wrong.stderr]).toEqual([6, expect.stringContaining('is of nothing in these files')])
    const { code } = await cluster.drey('apply', '-f', file, '--plan', plan.id, '--force-conflicts')
    expect([code, await imageOf()]).toEqual([0, 'flink:8'])
  })

  test('what was applied before an object that is refused is told', async () => {
    const file = join(cluster.dir, 'two.yaml')
    const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\n`
    writeFileSync(file, `${map('first')}---\n${map('Not_A_Name')}`)
    const { code, stdout, stderr } = await cluster.drey('apply', '-f', file)
    expect([code, stdout]).toEqual([1, 'configmap/first created\n'])
    expect(stderr).toContain('stopped at configmap/Not_A_Name: 1 of 2 objects were applied before it\n')
  })

  test('-y takes no word for its value', async () => {
    expect(await cluster.drey('delete', '-y', 'configmap', 'first')).toMatchObject({ code: 0 })
    expect(await cluster.drey('-y', 'delete', 'configmap', 'first')).toMatchObject({ code: 3 })
  })
})

describe('a table on a terminal', () => {
  const table = {
    columnDefinitions: ['Name', 'Message', 'Image', 'Age'].map((name) => ({ name, priority: 0 })),
    rows: [
      {
        cells: ['a-very-long-name-of-a-pod-that-nobody-may-cut', 'x'.repeat(90), 'registry.example/team/image:1', '3d'],
      },
      { cells: ['short', 'two\nlines \u001B[31mred\u001B[0m', 'flink:1', '4d'] },
    ],
  }
  test('loses the ends of long words, never of names and paths', () => {
    const { text } = printedTable(table, { wide: false, withNamespace: false, columns: 120 })
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
    expect(text).toContain('a-very-long-name-of-a-pod-that-nobody-may-cut')
    expect(text).toContain('registry.example/team/image:1')
    expect(text).toContain('x…   registry')
  })
  test('cuts prose although there is a path in it', () => {
    const prose = { ...table, rows: [{ cells: ['a', `see ./target ${'y'.repeat(90)}`, 'flink:1', '1s'] }] }
    const { text } = printedTable(prose, { wide: false, withNamespace: false, columns: 80 })
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })
  test('has one line for each row, whatever others wrote into it', () => {
    const { text } = printedTable(table, { wide: false, withNamespace: false })
    expect(text.split('\n')).toHaveLength(4)
    expect(text).toContain('two lines red')
    expect(withoutControls(text)).toBe(text)
    expect(text).toContain('x'.repeat(90))
  })
})

describe('status -w', () => {
  test('without a terminal, a line for every change until Ctrl-C', async () => {
    const stop = new AbortController()
    let said = ''
    const lines = ['orders none STABLE', 'orders none STABLE', 'orders savepoint UPGRADING']
    const context = {
      env: { CI: 'true' },
      signal: stop.signal,
      stdout: (text: string) => void (said += text),
    } as unknown as Context
    const code = await watched(context, async () => {
      const line = lines.shift()
      if (line === undefined) stop.abort()
      return { screen: '', line: line ?? 'orders savepoint UPGRADING' }
    })
    expect(code).toBe(130)
    expect(said.replaceAll(/^\S+Z /gm, '')).toBe('orders none STABLE\norders savepoint UPGRADING\n')
  })
  test('of nothing in particular is asked back', async () => {
    const { code, stderr } = await inWorld('upgraded', (cluster) => cluster.drey('status', '-w'))
    expect([code, stderr]).toEqual([2, expect.stringContaining('drey status NAME -w')])
  })
})
