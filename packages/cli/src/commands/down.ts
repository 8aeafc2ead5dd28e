/** `drey down`: ends a home and everything it started, also what a crashed one left. */
import { existsSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { command, exit, Problem, type Context } from '../command.ts'
import { sizeOf } from '../home/disk.ts'
import { holderOf, takeHome } from '../home/lock.ts'
import { homePaths, type HomePaths } from '../home/paths.ts'
import { isAlive, type ProcessMark } from '../home/process.ts'
import { readState, removeState, runningHome } from '../home/state.ts'

/** a home's own grace for its pods, and some */
const endMs = 40_000
/** how many things are listed one by one */
const listed = 20

export const down = command({
  name: 'down',
  group: 'Home',
  summary: 'Stop a home and everything it started; its objects and data stay.',
  effect: 'change',
  examples: ['drey down', 'drey down --purge --yes=default'],
  flags: {
    purge: { type: 'boolean', summary: 'also delete its objects, logs and volumes' },
  },
  async run(context) {
    const { flags, env, stdout } = context
    const paths = homePaths(flags, env)
    if (flags['purge']) await confirmed(context, paths)
    if (!existsSync(paths.dir)) {
      stdout(`- home ${paths.name} was not running: there is no ${paths.dir}\n`)
      return exit.ok
    }
    const ended = await endHome(paths)
    const giveBack = await whenFree(paths)
    try {
      const { leftBehind, sweep } = await import('@drey/runtime')
      const left = leftBehind(paths.runtime)
      const killed = await sweep(paths.runtime)
      const crashed = readState(paths) !== undefined && !ended
      removeState(paths)
      const size = await sizeOf(paths.dir)
      if (flags['purge']) rmSync(paths.dir, { recursive: true, force: true })
      const what = [...(ended ?? []), ...left.map(({ pid, pod }) => `process ${pid} of pod ${pod}`)]
      const outcome = ended
        ? `✓ home ${paths.name} stopped`
        : crashed || killed > 0
          ? `✓ home ${paths.name} had crashed; ${killed === 0 ? 'nothing of it was left running' : `${killed} process${killed === 1 ? '' : 'es'} of it ended`}`
          : `- home ${paths.name} was not running`
      stdout(
        `${outcome}${flags['purge'] ? ` · data deleted${size ? `: ${size}` : ''}` : ` · data kept${size ? `: ${size}` : ''} in ${paths.dir}`}\n`,
      )
      for (const line of what.slice(0, listed)) stdout(`  ended    ${line}\n`)
      if (what.length > listed) stdout(`  ended    … and ${what.length - listed} more\n`)
      if (!flags['purge'] && what.some((line) => line.startsWith('Flink')))
        stdout(
          `  stays    every resource: with drey up${paths.words} jobs come back, those with high availability from their last checkpoint\n`,
        )
    } finally {
      giveBack()
    }
    return exit.ok
  },
})

/** Ends the process that runs the home and answers what ran on it; undefined when there was none. */
const endHome = async (paths: HomePaths): Promise<string[] | undefined> => {
  const holder = await holderOf(paths)
  if (holder?.role === 'down') return undefined
  const mark: ProcessMark | undefined = holder ?? runningHome(paths)?.process
  if (!mark || !isAlive(mark)) return undefined
  const what =
    runningHome(paths)?.phase === 'ready' ? await (await import('../home/inventory.ts')).inventory(paths) : []
  try {
    process.kill(mark.pid, 'SIGTERM')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return what
    throw new Problem('NOT_YOURS', `The home ${paths.name} is run by another user (process ${mark.pid}).`, {
      fix: 'end it as that user',
      exitCode: exit.notAllowed,
    })
  }
  const until = Date.now() + endMs
  while (isAlive(mark) && Date.now() < until) await moment()
  if (isAlive(mark)) process.kill(mark.pid, 'SIGKILL')
  while (isAlive(mark)) await moment()
  return what
}

/** Nobody may start the home while its remains are cleared away. */
const whenFree = async (paths: HomePaths): Promise<() => void> => {
  for (const until = Date.now() + endMs; ; await moment())
    try {
      return await takeHome(paths, 'down')
    } catch (error) {
      const isDown = (await holderOf(paths))?.role === 'down'
      if (!isDown || Date.now() > until) throw error
    }
}

const moment = () => new Promise((resolve) => setTimeout(resolve, 50))

const confirmed = async ({ flags, env, stderr }: Context, paths: HomePaths): Promise<void> => {
  if (flags['yes'] === paths.name || (flags['yes'] === 'true' && env['CI'])) return
  const question = `--purge deletes everything the home ${paths.name} keeps in ${paths.dir}.`
  if (process.stdin.isTTY && !env['CI'] && flags['input'] !== false) {
    const ask = createInterface({ input: process.stdin, output: process.stderr })
    stderr(`${question}\n`)
    const answer = await ask.question(`Type ${paths.name} to go on: `)
    ask.close()
    if (answer.trim() === paths.name) return
  }
  throw new Problem('CONFIRM', question, {
    state: 'nothing was done',
    fix: `drey down --purge --yes=${paths.name}${paths.words}`,
    exitCode: exit.usage,
  })
}
