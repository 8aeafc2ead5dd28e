/**
 * Every field of a FlinkDeployment changed, as `drey diff` tells it: each line is two merge patches on one resource, what the change
 * asks of the job in native and in standalone mode, and perhaps the paths that differ.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { main } from '../../src/main.ts'

type Json = Record<string, any>

interface Case {
  what: string
  old: Json
  new: Json
  native: string
  standalone: string
  paths?: string[]
}

const cases = readFileSync(join(import.meta.dirname, 'diffs.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case)

const base: Json = {
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkDeployment',
  metadata: { name: 'orders', namespace: 'streaming' },
  spec: {
    image: 'flink:1.20',
    flinkVersion: 'v1_20',
    serviceAccount: 'flink',
    jobManager: { resource: { cpu: 1, memory: '1024m' } },
    taskManager: { resource: { cpu: 1, memory: '2048m' } },
    job: { jarURI: 'local:///opt/flink/usrlib/orders.jar', parallelism: 2, upgradeMode: 'stateless' },
  },
}

const merged = (target: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Json = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merged(result[key], value)
  }
  return result
}

const directory = mkdtempSync(join(tmpdir(), 'drey-diffs-'))
afterAll(() => rmSync(directory, { recursive: true }))

const difference = async (old: unknown, now: unknown) => {
  writeFileSync(join(directory, 'old.json'), JSON.stringify(old))
  writeFileSync(join(directory, 'new.json'), JSON.stringify(now))
  let out = ''
  const io = { stdout: (text: string) => void (out += text), stderr: () => {}, env: {}, cwd: directory }
  const code = await main(['diff', '--old', 'old.json', '--new', 'new.json', '--output', 'json'], io)
  const { type, changes } = JSON.parse(out) as { type: string; changes: Json[] }
  return { code, type, changes }
}

test.each(cases)('$what', async ({ old, new: now, paths, ...expected }) => {
  for (const mode of ['native', 'standalone'] as const) {
    const start = mode === 'native' ? base : merged(base, { spec: { mode } })
    const { code, type, changes } = await difference(merged(start, old), merged(start, now))
    expect([mode, type, code]).toEqual([mode, expected[mode], changes.length === 0 ? 0 : 1])
    if (paths) expect(changes.map(({ path }) => path as string).toSorted()).toEqual(paths)
    for (const { why } of changes) expect(why).toMatch(/\.$/)
  }
})
