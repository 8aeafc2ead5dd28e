/** Plays one mutant in a process of its own: edits the production source while it is loaded, then looks for a violation. */
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { mutants } from './list.ts'

const mutant = mutants.find((one) => one.name === argv[2])
if (!mutant) throw new Error(`no mutant ${argv[2]}`)
const root = new URL('../../', import.meta.url)

for (const { file, find } of mutant.edits)
  if (!readFileSync(new URL(file, root), 'utf8').includes(find)) {
    console.log(JSON.stringify({ name: mutant.name, does: 'not apply', file, find }))
    process.exit(2)
  }

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!url.startsWith('file:') || !loaded.source) return loaded
    const path = fileURLToPath(url)
    const edits = mutant.edits.filter(({ file }) => path.endsWith(`/${file}`))
    if (edits.length === 0) return loaded
    let source = typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString()
    for (const { find, put } of edits) source = source.replaceAll(find, put)
    return { ...loaded, source }
  },
})

const { run } = await import('../run.ts')
const { scenarios } = await import('../scenarios/index.ts')
const { optionsOf, variationsOf, wordsFor } = await import('../variations.ts')

const started = performance.now()
const limitMs = Number(argv[3] ?? 60_000)
let runs = 0
const first = mutant.scenarios.flatMap((name) => scenarios.filter((one) => one.name.startsWith(name)))
const rest = scenarios.filter((one) => !first.includes(one))

const caught = (scenario: string, how: string, violation: { check: string; message: string }): never => {
  console.log(
    JSON.stringify({
      name: mutant.name,
      like: mutant.like,
      does: 'caught',
      scenario,
      how,
      check: violation.check,
      message: violation.message,
      runs,
      ms: Math.round(performance.now() - started),
    }),
  )
  process.exit(0)
}

for (const list of [first, rest]) {
  const plains = new Map<string, Awaited<ReturnType<typeof run>>>()
  for (const scenario of list) {
    const result = await run(scenario)
    runs++
    if (result.violations[0]) caught(scenario.name, 'undisturbed', result.violations[0])
    plains.set(scenario.name, result)
    if (performance.now() - started > limitMs) break
  }
  for (const kinds of mutant.kinds
    ? [mutant.kinds]
    : ([['crash'], ['fault', 'stale', 'watches', 'kill', 'delete']] as const))
    for (const scenario of list) {
      const plain = plains.get(scenario.name)
      if (!plain) continue
      for (const variation of variationsOf(
        plain.calls.filter((call) => mutant.at === undefined || call.path.includes(mutant.at)),
        kinds,
      )) {
        if (performance.now() - started > limitMs) break
        const result = await run(scenario, optionsOf(variation))
        runs++
        if (result.violations[0]) caught(scenario.name, wordsFor(variation), result.violations[0])
      }
    }
}
console.log(
  JSON.stringify({
    name: mutant.name,
    like: mutant.like,
    does: 'survives',
    runs,
    ms: Math.round(performance.now() - started),
  }),
)
process.exit(1)
