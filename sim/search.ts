/** `npm run sim:search -- --minutes 30`: mixed faults from fresh seeds over all scenarios; failures are shrunk and told as a story. */
import { appendFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { between, oneOf, seeded } from './random.ts'
import { run } from './run.ts'
import { scenarios } from './scenarios/index.ts'
import { shrink } from './shrink.ts'
import { optionsOf, wordsFor } from './variations.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string' },
    keep: { type: 'boolean' },
    scenario: { type: 'string' },
  },
})

// The only use of a real clock and of real chance: how long to search, and where to begin.
const until = Date.now() + Number(values.minutes) * 60_000
const first = values.seed === undefined ? Date.now() % 1_000_000_007 : Number(values.seed)
const random = seeded(first)
const chosen = scenarios.filter((one) => values.scenario === undefined || one.name.includes(values.scenario))
let [runs, passes, faults, failures] = [0, 0, 0, 0]
const found = new Set<string>()

while (Date.now() < until) {
  const scenario = oneOf(random, chosen)
  const seed = between(random, 1, 1_000_000_000)
  const result = await run(scenario, optionsOf({ kind: 'random', seed }))
  runs++
  passes += result.passes
  faults += Object.values(result.faults).reduce((sum, count) => sum + count, 0)
  const [violation] = result.violations
  if (!violation) continue
  failures++
  // One story per scenario and check is enough for one search.
  const key = `${scenario.name}/${violation.check}`
  if (found.has(key)) continue
  found.add(key)
  const smallest = await shrink(scenario, seed, violation.check)
  const told = await run(scenario, { ...optionsOf(smallest), story: true })
  console.log(`\nFAIL ${scenario.name}: npm run sim -- --scenario '${scenario.name}' ${wordsFor(smallest)} --story`)
  console.log(`     ${violation.check}: ${violation.message}`)
  console.log(told.story.split('\n').slice(-40).join('\n'))
  if (values.keep)
    appendFileSync(
      new URL('./seeds.txt', import.meta.url),
      `${JSON.stringify({ scenario: scenario.name, variation: smallest, check: violation.check })}\n`,
    )
}
console.log(
  `\nbegun at ${first}: ${runs} runs, ${passes} passes, ${faults} faults, ${failures} failures (${found.size} different)`,
)
process.exitCode = failures === 0 ? 0 : 1
