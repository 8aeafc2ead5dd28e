/** `drey down`: ends a home and everything it started, also what a crashed one left. */
import { rmSync } from 'node:fs'
import { command, exit, Problem } from '../command.ts'
import { homePaths } from '../home/paths.ts'
import { isAlive } from '../home/process.ts'
import { readState, removeState } from '../home/state.ts'

const endMs = 40_000

export const down = command({
  name: 'down',
  group: 'Home',
  summary: 'Stop a home and everything it started; its objects and data stay.',
  effect: 'change',
  flags: {
    purge: { type: 'boolean', summary: 'also delete its objects, logs and volumes' },
    yes: { type: 'text', short: 'y', bare: 'true', summary: 'do not ask' },
  },
  async run({ flags, env, stdout }) {
    const paths = homePaths(flags, env)
    const state = readState(paths)
    const ran = state !== undefined && isAlive(state.process)
    if (flags['purge'] && flags['yes'] !== paths.name && !(flags['yes'] === 'true' && env['CI']))
      throw new Problem('CONFIRM', `--purge deletes everything the home ${paths.name} keeps in ${paths.dir}.`, {
        fix: `drey down --purge --yes=${paths.name}`,
        exitCode: exit.usage,
      })
    if (ran) {
      process.kill(state.process.pid, 'SIGTERM')
      const until = Date.now() + endMs
      while (isAlive(state.process) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50))
      if (isAlive(state.process)) process.kill(state.process.pid, 'SIGKILL')
    }
    const { sweep } = await import('@drey/runtime')
    const left = await sweep(paths.runtime)
    removeState(paths)
    rmSync(`${paths.dir}/lock`, { force: true })
    if (flags['purge']) rmSync(paths.dir, { recursive: true, force: true })
    stdout(
      ran
        ? `✓ home ${paths.name} stopped${left > 0 ? ` · ${left} processes ended that were left` : ''}${flags['purge'] ? ' · data deleted' : ` · data kept in ${paths.dir}`}\n`
        : left > 0
          ? `✓ ${left} processes of an earlier home ${paths.name} ended\n`
          : `- home ${paths.name} was not running\n`,
    )
    return exit.ok
  },
})
