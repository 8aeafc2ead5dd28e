import { run } from './run.ts'
import { scenarios } from './scenarios/index.ts'
import { variationsOf, optionsOf } from './variations.ts'
const s = scenarios.find((x) => x.name.startsWith('two edits'))!
const plain = await run(s, { story: true })
let bad = 0
const vs = variationsOf(plain.calls, ['delete'])
for (const v of vs) {
  const r = await run(s, { ...optionsOf(v), story: true })
  if (r.violations.length) {
    bad++
    console.log(JSON.stringify(v), r.violations[0]!.message)
    const r2 = await run(s, { ...optionsOf(v), story: true })
    console.log('again', r2.violations.length, r.story === r2.story)
    console.log(
      r.story
        .split('\n')
        .slice(-14)
        .map((l) => l.slice(0, 200))
        .join('\n'),
    )
  }
}
console.log(vs.length, bad)
const again = await run(s, { story: true })
console.log(again.story === plain.story)
