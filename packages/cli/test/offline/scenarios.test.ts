/** Every manifest of the well-known tutorials, and every change their readers make, has the outcome that its step names. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { main } from '../../src/main.ts'
import { scenarios, type Scenario } from './scenarios/table.ts'

type Json = Record<string, any>

const text = readFileSync(join(import.meta.dirname, 'scenarios/manifests.yaml'), 'utf8')
const names = [...text.matchAll(/^# (M\d[\w-]*)/gm)].map(([, name]) => name!)
const manifests = new Map(parseAllDocuments(text).map((document, i) => [names[i]!, document.toJS() as Json]))

const directories: string[] = []
afterEach(() => directories.splice(0).forEach((directory) => rmSync(directory, { recursive: true })))

const merged = (target: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Json = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merged(result[key], value)
  }
  return result
}
const manifest = (base: string, patch: Json = {}): Json => merged(manifests.get(base), patch) as Json

const judged = async ({ base, patch, over, with: others = [], conf, home }: Scenario) => {
  const cwd = mkdtempSync(join(tmpdir(), 'drey-scenario-'))
  directories.push(cwd)
  const words = ['validate', '-f', 'new.json', '--output', 'json']
  const write = (name: string, value: unknown) => writeFileSync(join(cwd, name), JSON.stringify(value))
  write('new.json', manifest(base, patch))
  if (over !== undefined) {
    const old = typeof over === 'string' ? { base: over } : over
    write('old.json', { ...manifest(old.base, old.patch), ...(old.status ? { status: old.status } : {}) })
    words.push('--old', 'old.json')
  }
  if (others.length > 0) {
    write('others.json', { apiVersion: 'v1', kind: 'List', items: others.map((name) => manifest(name)) })
    words.push('--resources', 'others.json')
  }
  if (conf) {
    mkdirSync(join(cwd, 'conf'))
    writeFileSync(join(cwd, 'conf/flink-conf.yaml'), conf.join('\n'))
    words.push('--operator-config', 'conf')
  }
  if (home) words.push('--home', 'home')
  let out = ''
  const io = { stdout: (more: string) => void (out += more), stderr: () => {}, env: {}, cwd }
  return { code: await main(words, io), out, answer: JSON.parse(out) as Json }
}

describe('tutorials', () => {
  test.each(scenarios)('$id $what', async (scenario) => {
    const { code, out, answer } = await judged(scenario)
    const codes = (severity: string) =>
      (answer['problems'] as Json[]).filter((one) => one['severity'] === severity).map((one) => one['code'])
    expect({ allowed: answer['allowed'], errors: codes('error'), warnings: codes('warning') }).toEqual({
      allowed: scenario.allowed,
      errors: scenario.errors ?? [],
      warnings: expect.toSatisfy((found: string[]) => sameWords(found, scenario.warnings ?? [])),
    })
    expect(code).toBe(scenario.allowed ? 0 : 1)
    expect(out).toContain(scenario.says ?? '')
  })
  test('every manifest is used', () =>
    expect(
      names.filter((name) => !scenarios.some(({ base, with: more }) => base === name || more?.includes(name))),
    ).toEqual([]))
})

const sameWords = (a: readonly string[], b: readonly string[]): boolean =>
  JSON.stringify(a.toSorted()) === JSON.stringify(b.toSorted())
