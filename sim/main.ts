/** `npm run sim`: plays scenarios, sweeps crash points, searches with random faults. See docs/simulation.md. */
import { parseArgs } from 'node:util'
import { run } from './run.ts'
import { scenarios } from './scenarios/index.ts'
import { optionsOf, type VariationName } from './variations.ts'

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    seed: { type: 'string' },
    crash: { type: 'string' },
    after: { type: 'boolean' },
    variation: { type: 'string' },
    only: { type: 'string' },
    story: { type: 'boolean' },
    list: { type: 'boolean' },
    covers: { type: 'boolean' },
  },
})

const variation: VariationName =
  values.variation !== undefined
    ? (JSON.parse(values.variation) as VariationName)
    : values.crash !== undefined
      ? { kind: 'crash', call: Number(values.crash), when: values.after ? 'after' : 'before' }
      : values.seed !== undefined
        ? {
            kind: 'random',
            seed: Number(values.seed),
            ...(values.only ? { only: values.only.split(',').map(Number) } : {}),
          }
        : { kind: 'undisturbed' }

const chosen = scenarios.filter((one) => values.scenario === undefined || one.name.includes(values.scenario))
if (values.covers) {
  const { acceptance, coveredBy, leftOut, stories, windows } = await import('./scenarios/register.ts')
  const covered = coveredBy(scenarios)
  for (const what of [...windows, ...stories, ...acceptance])
    console.log(`${what.padEnd(28)} ${covered.get(what)?.join(' · ') ?? `— ${leftOut[what] ?? 'NOTHING'}`}`)
} else if (values.list) for (const one of chosen) console.log(one.name)
else
  for (const one of chosen) {
    const started = performance.now()
    const result = await run(one, { ...optionsOf(variation), story: values.story ?? false })
    if (values.story) process.stdout.write(result.story)
    const ms = Math.round(performance.now() - started)
    console.log(
      `${result.violations.length === 0 ? 'ok  ' : 'FAIL'} ${one.name}: ${result.calls.length} calls, ${result.passes} passes, ${result.events} events, ${ms} ms`,
    )
    for (const violation of result.violations) console.log(`     ${violation.check}: ${violation.message}`)
    if (result.violations.length > 0) process.exitCode = 1
  }
