import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { faultsFor } from '../faults.ts'
import { mutants } from '../mutants/list.ts'
import { run } from '../run.ts'
import { scenarios } from '../scenarios/index.ts'
import { optionsOf } from '../variations.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const play = (...words: string[]) =>
  spawnSync(process.execPath, ['sim/main.ts', '--story', ...words], { cwd: root, encoding: 'utf8' }).stdout.replaceAll(
    /\d+ ms/g,
    '',
  )
const named = (name: string) => {
  const found = scenarios.find((one) => one.name === name)
  if (!found) throw new Error(name)
  return found
}

describe('a world', () => {
  test('is the same in two processes, byte for byte', () => {
    const words = ['--scenario', 'upgrade (last state by cancel)', '--seed', '4711']
    const first = play(...words)
    expect(first).toContain('life 1 begins')
    expect(play(...words)).toBe(first)
  })
  test('is another one with another seed', () => {
    const words = ['--scenario', 'first deployment', '--seed']
    expect(play(...words, '1')).not.toBe(play(...words, '2'))
  })
})

describe('the tester', () => {
  test('has scenarios with names of their own', () => {
    expect(new Set(scenarios.map((one) => one.name)).size).toBe(scenarios.length)
    expect(scenarios.length).toBeGreaterThanOrEqual(60)
  })
  test('knows the source of every defect it puts back', () => {
    for (const { edits } of mutants)
      for (const { file, find } of edits)
        expect(readFileSync(`${root}/${file}`, 'utf8'), `${file}: ${find}`).toContain(find)
  })
  test('names scenarios that exist', () => {
    for (const mutant of mutants)
      for (const name of mutant.scenarios)
        expect(
          scenarios.some((one) => one.name.startsWith(name)),
          `${mutant.name}: ${name}`,
        ).toBe(true)
  })
  test('loses effects only where there are any', () => {
    expect(
      faultsFor({ port: 'kube', method: 'GET', writes: false }).some((fault) => fault.do === 'lose the answer'),
    ).toBe(false)
  })
})

describe('seeds that once failed', () => {
  const lines = readFileSync(new URL('../seeds.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
  test.each(lines)('%s', async (line) => {
    const { scenario, variation } = JSON.parse(line)
    const { violations } = await run(named(scenario), optionsOf(variation))
    expect(violations).toEqual([])
  })
})
