import { sweep, crashPoints, singleFaults, deletions } from './sweep.ts'
import { scenarios } from './scenarios/index.ts'
const kinds = process.argv[3] === 'f' ? [singleFaults] : process.argv[3] === 'd' ? [deletions] : [crashPoints]
for (const s of scenarios.filter((s) => s.name.includes(process.argv[2] ?? ''))) {
  const t0 = performance.now()
  let n = 0,
    p = 0
  const f = await sweep(s, kinds, (r) => {
    n++
    p += r.passes
  })
  console.log(s.name, n, 'runs', p, 'passes', Math.round(performance.now() - t0), 'ms', f.length, 'found')
  for (const x of f.slice(0, 6))
    console.log(
      '   ',
      x.variation.name,
      x.result.violations
        .map((v) => v.check + ': ' + v.message)
        .join(' // ')
        .slice(0, 400),
    )
}
