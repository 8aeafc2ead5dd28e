import { recordedCases, compare } from '/work/main/packages/core/test/cluster/recorded.ts'
let clean=0
for (const c of recordedCases()) {
  if (process.argv[2] && !c.name.includes(process.argv[2])) continue
  const d = compare(c)
  if (!d.length) { clean++; continue }
  console.log('## '+c.name)
  for (const x of d.slice(0,14)) console.log('   ', x.path, '|', JSON.stringify(x.recorded)?.slice(0,160), '|', JSON.stringify(x.ours)?.slice(0,160))
}
console.log('clean', clean)
