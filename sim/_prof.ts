import { run } from './run.ts'
import { scenarios } from './scenarios/index.ts'
const s = scenarios[2]!
for (let i = 0; i < 60; i++) {
  const t = performance.now()
  const r = await run(s)
  if (i % 10 == 9) console.log(r.events, performance.now() - t)
}
