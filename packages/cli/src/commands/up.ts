/** `drey up`: a home in the foreground with a readable log, or detached. */
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { command, exit, Problem, type Context } from '../command.ts'
import { homeBlock } from '../home/block.ts'
import { mergeKubeconfig } from '../home/merge-kubeconfig.ts'
import { residentMb } from '../home/memory.ts'
import { homePaths, type HomePaths } from '../home/paths.ts'
import { readState, runningHome, writeState } from '../home/state.ts'
import { isAlive, markOf } from '../home/process.ts'

export const up = command({
  name: 'up',
  group: 'Home',
  summary: 'Start a home: Kubernetes, pods as processes, and the Flink operator.',
  effect: 'change',
  examples: ['drey up --detach', 'drey up --name scratch --isolation loopback'],
  flags: {
    detach: { type: 'boolean', short: 'd', summary: 'return as soon as the home is ready' },
    operator: { type: 'boolean', summary: 'with the Flink operator (--no-operator: only Kubernetes)', default: true },
    plainJvm: { type: 'boolean', summary: 'start Flink without the home’s start-up aids' },
    mergeKubeconfig: { type: 'boolean', summary: 'add the context drey to your own kubeconfig' },
    isolation: {
      type: 'text',
      value: 'MODE',
      summary: 'how pods are kept apart: auto, namespaces, loopback, or mount+netns, mount+loopback, links+loopback',
      default: 'auto',
    },
    enforceRights: {
      type: 'boolean',
      summary: 'refuse pods what their service accounts may not do, as a cluster would',
    },
    port: { type: 'text', value: 'PORT', summary: 'port of the API (default 6443, or a free one)' },
  },
  async run(context) {
    const startedAtMs = Date.now()
    const paths = homePaths(context.flags, context.env)
    const running = runningHome(paths)
    if (running?.phase === 'ready') {
      if (context.flags['mergeKubeconfig']) mergeKubeconfig(paths, context.env)
      context.stdout(homeBlock(paths, running, residentMb(running.process.pid)))
      return exit.ok
    }
    return context.flags['detach'] ? detached(paths, context) : foreground(paths, context, startedAtMs)
  },
})

const portOf = (flag: unknown): number => {
  if (flag === undefined) return 0
  const port = Number(flag)
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Problem('BAD_PORT', `--port ${String(flag)} is not a port.`, {
      fix: 'a number from 1 to 65535',
      exitCode: exit.usage,
    })
  return port
}

const foreground = async (paths: HomePaths, context: Context, startedAtMs: number): Promise<number> => {
  // The heavy parts are loaded only here, so that every other command starts at once.
  const { runHome } = await import('../home/run.ts')
  const log = (message: string, fields?: object) =>
    context.stderr(`${new Date().toISOString()} ${message}${fields ? ` ${fieldText(fields)}` : ''}\n`)
  try {
    const home = await runHome({
      paths,
      isolation: String(context.flags['isolation'] ?? 'auto'),
      plainJvm: context.flags['plainJvm'] === true,
      operator: context.flags['operator'] !== false,
      enforceRights: context.flags['enforceRights'] === true,
      port: portOf(context.flags['port']),
      log,
      env: context.env,
      startedAtMs,
    })
    if (context.flags['mergeKubeconfig']) mergeKubeconfig(paths, context.env)
    context.stdout(homeBlock(paths, home.state, residentMb(process.pid)))
    await new Promise<void>((resolve) => {
      process.once('SIGTERM', () => resolve())
      if (context.signal.aborted) resolve()
      context.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await home.close({ keepPods: false })
    return exit.ok
  } catch (error) {
    if (context.env['DREY_DETACHED']) {
      const mark = markOf(process.pid)
      if (mark)
        writeState(paths, {
          process: mark,
          phase: 'failed',
          startedAt: new Date().toISOString(),
          problem: problemText(error),
        })
    }
    throw error
  }
}

const problemText = (error: unknown): string =>
  error instanceof Problem
    ? `${error.code}\n${error.message}\n${[error.cause1 ?? '', ...error.fix].join('\n')}`
    : `${(error as { code?: string }).code ?? 'START_FAILED'}\n${error instanceof Error ? error.message : String(error)}\n\n${(error as { fix?: string }).fix ?? ''}`

const fieldText = (fields: object): string =>
  Object.entries(fields)
    .map(
      ([key, value]) =>
        `${key}=${typeof value === 'string' ? (/\s/.test(value) ? JSON.stringify(value) : value) : JSON.stringify(value)}`,
    )
    .join(' ')

/** Starts the same command in a session of its own, its log in the home, and waits until it says ready or ends. */
const detached = async (paths: HomePaths, context: Context): Promise<number> => {
  portOf(context.flags['port'])
  try {
    mkdirSync(dirname(paths.log), { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new Problem('HOME_NOT_WRITABLE', `The home ${paths.dir} cannot be made.`, {
      cause: (error as Error).message,
      fix: 'choose a folder you may write to: drey up --home DIR',
    })
  }
  const from = existsSync(paths.log) ? statSync(paths.log).size : 0
  const logFile = openSync(paths.log, 'a', 0o600)
  const words = process.argv.slice(2).filter((word) => word !== '--detach' && word !== '-d')
  const child = spawn(process.execPath, [process.argv[1]!, ...words], {
    detached: true,
    stdio: ['ignore', logFile, logFile],
    env: { ...context.env, DREY_DETACHED: '1' },
    cwd: context.cwd,
  })
  closeSync(logFile)
  child.unref()
  const mark = child.pid === undefined ? undefined : markOf(child.pid)
  for (;;) {
    const state = readState(paths)
    if (state && state.process.pid === child.pid && state.phase === 'ready') {
      context.stdout(homeBlock(paths, state, residentMb(state.process.pid)))
      return exit.ok
    }
    if (!isAlive(mark)) {
      const failed = readState(paths)
      if (failed?.phase === 'failed' && failed.problem) {
        const [code = 'START_FAILED', message = '', cause = '', ...fix] = failed.problem.split('\n')
        throw new Problem(code, message, { ...(cause ? { cause } : {}), fix: fix.filter(Boolean) })
      }
      const said = readFileSync(paths.log, 'utf8').slice(from).trim().split('\n').slice(-5).join('\n         ')
      throw new Problem('START_FAILED', `The home ${paths.name} did not start.`, {
        cause: said,
        where: paths.log,
        fix: 'drey logs',
      })
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
