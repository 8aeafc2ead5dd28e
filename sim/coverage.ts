/**
 * `npm run sim:all -- --coverage`: which rules of the core, and which branches of its planners, the scenarios reach. Measured by the
 * engine's own block coverage in this process, over every scenario undisturbed and under a sample of its single disturbances.
 */
import { readFileSync } from 'node:fs'
import { Session, type Profiler } from 'node:inspector/promises'
import { fileURLToPath } from 'node:url'
import { applicationRules, sessionJobRules, sessionRules, snapshotRules } from '@drey/core'
import type { Call } from './faults.ts'
import { run } from './run.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios/index.ts'
import { optionsOf, variationsOf, type SweepKind } from './variations.ts'

/** What must be reached in every branch. */
const planners = ['job/plan-suspend.ts', 'job/plan-restore.ts']
const kinds: readonly SweepKind[] = [
  'crash',
  'fault',
  'kill',
  'stale',
  'watches',
  'delete',
  'late',
  'handover',
  'clock',
]

export interface Coverage {
  runs: number
  /** rules by kind of resource that no pass was decided by */
  rules: string[]
  /** `job/plan-restore.ts:27 if (…` */
  branches: string[]
  /** all files of the core: share of blocks that were reached */
  files: { file: string; reached: number }[]
}

/** `every`: how large the sample is: each n-th disturbance of each scenario; undefined: none. */
export const coverage = async (o: { every?: number; minutes?: number }): Promise<Coverage> => {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const reached = new Set<string>()
  const until = performance.now() + (o.minutes ?? 60) * 60_000
  let runs = 0
  const play = async (...[scenario, options]: Parameters<typeof run>) => {
    const result = await run(scenario, options)
    runs++
    for (const rule of result.rules.keys()) reached.add(rule)
    return result.calls
  }
  const plain = new Map<Scenario, readonly Call[]>()
  for (const scenario of scenarios) plain.set(scenario, await play(scenario))
  // Round by round, so that time that runs out leaves no scenario without its share.
  const { every } = o
  for (let round = 0, more = true; every !== undefined && more; round++) {
    more = false
    for (const [index, [scenario, calls]] of [...plain].entries()) {
      const variation = variationsOf(calls, kinds, scenario)[round * every + (index % every)]
      if (!variation || performance.now() > until) continue
      more = true
      await play(scenario, optionsOf(variation))
    }
  }
  const { result } = await session.post('Profiler.takePreciseCoverage')
  session.disconnect()
  return { runs, ...judged(result, reached) }
}

const root = new URL('../packages/core/src/', import.meta.url)

const judged = (result: Profiler.ScriptCoverage[], reached: ReadonlySet<string>): Omit<Coverage, 'runs'> => {
  const wanted = [
    ...ruleNames('FlinkDeployment', [...applicationRules, ...sessionRules]),
    ...ruleNames('FlinkSessionJob', sessionJobRules),
    ...ruleNames('FlinkStateSnapshot', snapshotRules),
  ]
  const files = result
    .filter(({ url }) => url.startsWith(root.href))
    .map((script) => {
      const file = script.url.slice(root.href.length)
      const source = readFileSync(fileURLToPath(script.url), 'utf8')
      return { file, source, ranges: script.functions.flatMap((one) => one.ranges) }
    })
  return {
    rules: wanted.filter(([name]) => !reached.has(name)).map(([, told]) => told),
    branches: files
      .filter(({ file }) => planners.includes(file))
      .flatMap(({ file, source, ranges }) =>
        ranges.filter(({ count }) => count === 0).map(({ startOffset }) => `${file}:${lineAt(source, startOffset)}`),
      ),
    files: files
      .map(({ file, ranges }) => ({
        file,
        reached: ranges.filter(({ count }) => count > 0).length / Math.max(1, ranges.length),
      }))
      .sort((a, b) => a.reached - b.reached),
  }
}

const ruleNames = (kind: string, rules: readonly { name: string }[]): [string, string][] =>
  [...new Set(rules.map(({ name }) => name))].map((name) => [name, `${kind} ${name}`])

/** `27 if (!available) return` */
const lineAt = (source: string, offset: number): string => {
  const line = source.slice(0, offset).split('\n').length
  return `${line} ${source.slice(offset).trim().split('\n')[0]?.slice(0, 90)}`
}

export const tellCoverage = ({ runs, rules, branches, files }: Coverage): string =>
  [
    `${runs} runs`,
    `rules that decided no pass: ${rules.length === 0 ? 'none' : rules.join(', ')}`,
    `branches of the planners that were not reached: ${branches.length === 0 ? 'none' : ''}`,
    ...branches.map((branch) => `  ${branch}`),
    'files of the core, least covered first:',
    ...files.slice(0, 25).map(({ file, reached }) => `  ${String(Math.round(reached * 100)).padStart(3)} % ${file}`),
  ].join('\n')
