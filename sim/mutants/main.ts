/** Plays all mutants and prints the table of docs/simulation.md: who was caught where, by what, how fast. */
import { spawnSync } from 'node:child_process'
import { argv, execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { mutants } from './list.ts'

const chosen = mutants.filter((one) => argv[2] === undefined || one.name.includes(argv[2]))
let missed = 0
console.log('| defect put back | like | caught by | in | runs | s |\n|---|---|---|---|---|---|')
for (const mutant of chosen) {
  const { stdout, stderr } = spawnSync(
    execPath,
    [fileURLToPath(new URL('./play.ts', import.meta.url)), mutant.name, argv[3] ?? '60000'],
    { encoding: 'utf8' },
  )
  const line = stdout.trim().split('\n').at(-1) ?? ''
  const r = line.startsWith('{') ? JSON.parse(line) : { does: `broke: ${stderr.slice(0, 300)}` }
  if (r.does !== 'caught') missed++
  console.log(
    r.does === 'caught'
      ? `| ${mutant.name} | ${mutant.like} | *${r.check}* | ${r.scenario}, ${r.how} | ${r.runs} | ${(r.ms / 1_000).toFixed(1)} |`
      : `| ${mutant.name} | ${mutant.like} | **${r.does}** ${r.file ?? ''} | | ${r.runs ?? ''} | ${r.ms ? (r.ms / 1_000).toFixed(1) : ''} |`,
  )
}
console.log(`\n${chosen.length - missed} of ${chosen.length} caught`)
process.exitCode = missed === 0 ? 0 : 1
