// All tests: types, lint, unit tests, simulation, then real Flink. `npm test -- PATTERN` runs only the unit tests that match.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { join, relative } from 'node:path'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name) => join(root, 'node_modules', '.bin', name)
const env = { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}` }

/** runs one step with its output shown; true when it went well */
const run = (title, command, ...words) => {
  const started = Date.now()
  console.log(`\n# ${title}`)
  const { status } = spawnSync(command, words, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env })
  console.log(`# ${title}: ${status === 0 ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(0)} s`)
  return status === 0
}

/**
 * Runs the tests of one vitest configuration. Real processes and sockets on a machine that others use too may miss a
 * time limit: files that fail are run once more, one after the other. What fails twice is a failure; what fails once is
 * named as unsteady, so that nobody overlooks it. More than a handful at once is no accident and gets no second try.
 */
const runVitest = (title, config) => {
  const scratch = mkdtempSync(join(tmpdir(), 'drey-test-'))
  const report = join(scratch, 'report.json')
  const vitest = ['run', '--config', config, '--reporter=default']
  const first = run(title, bin('vitest'), ...vitest, '--reporter=json', `--outputFile.json=${report}`)
  const failed = first ? [] : failedFiles(report)
  rmSync(scratch, { recursive: true, force: true })
  if (first || failed.length === 0 || failed.length > 5) return first
  const second = run(`${title}, once more: ${failed.join(' ')}`, bin('vitest'), ...vitest, '--maxWorkers=1', ...failed)
  if (second) console.log(`# UNSTEADY, green only on the second try: ${failed.join(' ')}`)
  return second
}

/** the test files of a vitest report that did not pass, relative to the root; none when there is no report */
const failedFiles = (report) => {
  try {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
    return testResults.filter(({ status }) => status !== 'passed').map(({ name }) => relative(root, name))
  } catch {
    return []
  }
}

const patterns = process.argv.slice(2)
const passed =
  patterns.length > 0
    ? run('tests', bin('vitest'), 'run', ...patterns)
    : run('types', bin('tsc'), '-p', 'tsconfig.json') &&
      run('lint', bin('oxlint'), '--quiet') &&
      runVitest('tests', 'vitest.config.ts') &&
      run('simulation', bin('vitest'), 'run', '--config', 'sim/vitest.config.ts') &&
      runVitest('real Flink', 'test/e2e/vitest.config.ts')
process.exit(passed ? 0 : 1)
