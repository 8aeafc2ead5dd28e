/** `npm run sim:all`: every scenario at every single crash point (and, by option, every other single disturbance). Fails on any violation. */
import { parseArgs } from 'node:util'
import { availableParallelism } from 'node:os'
import { playAll } from './pool.ts'
import { scenarios } from './scenarios/index.ts'
import { wordsFor, type SweepKind } from './variations.ts'
import type { Failure } from './worker.ts'

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    kinds: { type: 'string', default: 'crash,stale' },
    threads: { type: 'string' },
    every: { type: 'string', default: '1' },
    part: { type: 'string', default: '1/1' },
    each: { type: 'boolean', default: false },
    quiet: { type: 'boolean' },
    coverage: { type: 'boolean' },
  },
})

if (values.coverage) {
  const { coverage, tellCoverage } = await import('./coverage.ts')
  console.log(
    tellCoverage(await coverage({ every: Number(values.every) === 1 ? 40 : Number(values.every), minutes: 4 })),
  )
  process.exit()
}

const [part = 1, parts = 1] = values.part.split('/').map(Number)
const chosen = scenarios
  .filter((one) => values.scenario === undefined || one.name.includes(values.scenario))
  .filter((_, index) => index % parts === part - 1)
const kinds = values.kinds.split(',') as SweepKind[]
const started = performance.now()
const totals = { runs: 0, passes: 0, events: 0, calls: 0, ms: 0 }
const faults: Record<string, number> = {}
const rules = new Map<string, number>()
const states = new Set<string>()
const failures: Failure[] = []

await playAll(
  chosen.map((one) => ({ scenario: one.name, kinds, every: Number(values.every), each: values.each })),
  Number(values.threads ?? Math.max(1, Math.min(8, availableParallelism()))),
  (report) => {
    for (const key of ['runs', 'passes', 'events', 'calls', 'ms'] as const) totals[key] += report[key]
    for (const [kind, count] of Object.entries(report.faults)) faults[kind] = (faults[kind] ?? 0) + count
    for (const [rule, count] of report.rules) rules.set(rule, (rules.get(rule) ?? 0) + count)
    for (const state of report.states) states.add(state)
    failures.push(...report.failures)
    if (!values.quiet || report.failures.length > 0)
      console.log(
        `${report.failures.length === 0 ? 'ok  ' : 'FAIL'} ${report.scenario}: ${report.runs} runs, ${report.passes} passes, ${(report.ms / 1_000).toFixed(1)} s`,
      )
    for (const failure of report.failures.slice(0, 5))
      console.log(
        `     ${wordsFor(failure.variation)}  ${failure.violations
          .map((v) => `${v.check}: ${v.message}`)
          .join(' / ')
          .slice(0, 330)}`,
      )
    if (report.failures.length > 5) console.log(`     … and ${report.failures.length - 5} more`)
  },
)

const seconds = (performance.now() - started) / 1_000
console.log(`
${chosen.length} scenarios, ${totals.runs} runs, ${totals.passes} passes, ${totals.calls} port calls, ${totals.events} events in ${seconds.toFixed(0)} s
each thread: ${((totals.passes / totals.ms) * 1_000).toFixed(0)} passes/s, ${(totals.ms / totals.runs).toFixed(1)} ms a run; memory ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB
faults: ${Object.entries(faults)
  .map(([kind, count]) => `${kind} ${count}`)
  .join(', ')}
distinct states: ${states.size}; rules: ${[...rules]
  .sort((a, b) => b[1] - a[1])
  .map(([rule, count]) => `${rule} ${count}`)
  .join(', ')}
violations: ${failures.length}`)
process.exitCode = failures.length === 0 ? 0 : 1
