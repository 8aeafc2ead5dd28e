/** One thread of a sweep: plays what it is told and reports counts and failures. */
import { parentPort } from 'node:worker_threads'
import type { Call } from './faults.ts'
import { run } from './run.ts'
import { scenarios } from './scenarios/index.ts'
import { variationsOf, optionsOf, type SweepKind, type VariationName } from './variations.ts'

export interface Task {
  scenario: string
  kinds: readonly SweepKind[]
  /** only every n-th variation, beginning with the seed-th */
  every: number
  /** also crash points that leave the same world behind as another */
  each: boolean
}

export interface Failure {
  scenario: string
  variation: VariationName
  violations: { check: string; message: string }[]
}

export interface Report {
  scenario: string
  runs: number
  passes: number
  events: number
  calls: number
  faults: Record<string, number>
  rules: [string, number][]
  states: string[]
  failures: Failure[]
  ms: number
}

export const work = async (task: Task): Promise<Report> => {
  const found = scenarios.find((one) => one.name === task.scenario)
  if (!found) throw new Error(`no scenario ${task.scenario}`)
  const started = performance.now()
  const faults: Record<string, number> = {}
  const rules = new Map<string, number>()
  const states = new Set<string>()
  const failures: Failure[] = []
  let [runs, passes, events, calls] = [0, 0, 0, 0]
  const play = async (variation: VariationName | undefined): Promise<readonly Call[]> => {
    const result = await run(found, variation === undefined ? {} : optionsOf(variation))
    runs++
    passes += result.passes
    events += result.events
    calls += result.calls.length
    for (const [kind, count] of Object.entries(result.faults)) faults[kind] = (faults[kind] ?? 0) + count
    for (const [rule, count] of result.rules) rules.set(rule, (rules.get(rule) ?? 0) + count)
    for (const state of result.states) states.add(state)
    if (result.violations.length > 0)
      failures.push({
        scenario: found.name,
        variation: variation ?? { kind: 'undisturbed' },
        violations: result.violations.map(({ check, message }) => ({ check, message })),
      })
    return result.calls
  }
  const plain = await play(undefined)
  if (failures.length === 0)
    for (const [index, variation] of variationsOf(plain, task.kinds, found, task.each).entries())
      if (index % task.every === 0) await play(variation)
  return {
    scenario: found.name,
    runs,
    passes,
    events,
    calls,
    faults,
    rules: [...rules],
    states: [...states],
    failures,
    ms: performance.now() - started,
  }
}

// Refusals are answers here, thousands of them, and nobody reads where each was made.
if (parentPort) Error.stackTraceLimit = 0
parentPort?.on('message', (task: Task) => {
  work(task).then(
    (report) => parentPort?.postMessage({ report }),
    (error: unknown) => parentPort?.postMessage({ error: String((error as Error).stack ?? error) }),
  )
})
