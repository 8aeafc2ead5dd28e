// All tests: types, lint, unit tests, then real Flink. `npm test -- PATTERN` runs only the unit tests that match.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name) => join(root, 'node_modules', '.bin', name)
const env = { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}` }
const run = (title, command, ...words) => {
  const started = Date.now()
  console.log(`\n# ${title}`)
  const { status } = spawnSync(command, words, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env })
  console.log(`# ${title}: ${status === 0 ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(0)} s`)
  if (status !== 0) process.exit(status ?? 1)
}

const patterns = process.argv.slice(2)
if (patterns.length > 0) run('tests', bin('vitest'), 'run', ...patterns)
else {
  run('types', bin('tsc'), '-p', 'tsconfig.json')
  run('lint', bin('oxlint'), '--quiet')
  run('tests', bin('vitest'), 'run')
  run('simulation', bin('vitest'), 'run', '--config', 'sim/vitest.config.ts')
  run('real Flink', bin('vitest'), 'run', '--config', 'test/e2e/vitest.config.ts')
}
