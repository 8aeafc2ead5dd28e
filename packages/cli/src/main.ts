/** The entry: which command, with which words; problems become exit codes. */
import { CommanderError } from 'commander'
import { verbFirst } from './argv.ts'
import { commandsFor, isFirstWord, outlines } from './commands/index.ts'
import { documented, exit, printed, Problem, withoutFix, type Command } from './command.ts'
import { parserOf, type Args, type Flags } from './parser.ts'
import { painter } from './terminal.ts'

export const main = async (argv: readonly string[], io = processIo()): Promise<number> => {
  let code = 0
  // `drey help wait` is `drey wait --help`.
  const isHelp = argv[0] === 'help' && argv[1] !== undefined && isFirstWord(argv[1])
  const { verb, words } = verbFirst(isHelp ? [...argv.slice(1), '--help'] : argv, isFirstWord)
  const records = verb === undefined ? await outlines() : await commandsFor(verb)
  const parser = parserOf(records, io, async (record, args, flags) => {
    code = await runCommand(record, args, flags, io)
  })
  try {
    if (words.length === 0) parser.help()
    await parser.parseAsync(words, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.ok : exit.usage
    return report(error, io)
  }
}

interface Io {
  stdout(text: string): void
  stderr(text: string): void
  env: NodeJS.ProcessEnv
  cwd: string
  /** from here on the command goes on though nobody reads what it says */
  finish?(): void
}

/** A reader that has seen enough (`drey get | head -1`) ends the command quietly, unless it would stop half-way in a change. */
const processIo = (): Io => {
  let mustFinish = false
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' && !mustFinish) process.exit(exit.ok)
  })
  process.stderr.on('error', () => {})
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    env: process.env,
    cwd: process.cwd(),
    finish: () => void (mustFinish = true),
  }
}

const runCommand = async (record: Command, args: Args, flags: Flags, io: Io): Promise<number> => {
  const interrupted = new AbortController()
  let count = 0
  const stop = () => {
    if (++count > 1) process.exit(exit.interrupted)
    interrupted.abort()
  }
  process.on('SIGINT', stop)
  if (record.effect !== 'read') io.finish?.()
  const paint = painter(flags['color'], io.env)
  // Only what we say ourselves is painted: other people's text (logs, objects) goes through as it is.
  const isOurs = record.group === 'Home' && flags['output'] === undefined
  try {
    return await record.run({
      args,
      flags,
      ...io,
      ...(isOurs ? { stdout: (text: string) => io.stdout(paint.out(text)) } : {}),
      // What a home in the background says is its log.
      stderr: (text) => (flags['quiet'] === true && !io.env['DREY_DETACHED'] ? undefined : io.stderr(paint.err(text))),
      signal: interrupted.signal,
    })
  } catch (error) {
    return report(error, { ...io, stderr: (text) => io.stderr(paint.err(text)) }, flags)
  } finally {
    process.off('SIGINT', stop)
  }
}

const report = (error: unknown, io: Pick<Io, 'stderr' | 'env'>, flags: Flags = {}): number => {
  const problem = problemOf(error)
  io.stderr(flags['output'] === 'json' ? `${JSON.stringify(documented(problem))}\n` : printed(problem))
  const origin = io.env['DREY_DEBUG'] || flags['verbose'] === true
  if (problem.code === 'UNEXPECTED' && origin) io.stderr(`${(error as Error).stack}\n`)
  return problem.exitCode
}

/** Errors of other packages carry a code and a fix as well; anything else is a fault of ours. */
const problemOf = (error: unknown): Problem => {
  if (error instanceof Problem) return error
  const message = error instanceof Error ? error.message : String(error)
  const { code, fix } = (error ?? {}) as { code?: string; fix?: string }
  return typeof fix === 'string'
    ? new Problem(code ?? 'FAILED', withoutFix(message, fix), fix ? { fix } : {})
    : new Problem('UNEXPECTED', message, { fix: 'where it comes from: drey -v …' })
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
