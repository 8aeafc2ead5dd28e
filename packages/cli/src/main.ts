/** The entry: which command, with which words; problems become exit codes. */
import { Command as Parser, CommanderError, Option } from 'commander'
import { commandsFor } from './commands/index.ts'
import { documented, exit, printed, Problem, withoutFix, type Command } from './command.ts'
import { globalFlags } from './global-flags.ts'
import { version } from './version.ts'

const groups = ['Home', 'Look', 'Prepare', 'Change', 'Cluster', 'Plumbing'] as const

export const main = async (argv: readonly string[], io = processIo()): Promise<number> => {
  let code = 0
  const commands = await commandsFor(argv[0])
  const output = {
    writeOut: io.stdout,
    writeErr: io.stderr,
    outputError: (text: string) => io.stderr(printed(usageProblem(text))),
  }
  const parser = new Parser('drey')
    .description('The home for Apache Flink jobs.')
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput(output)
    .helpOption('-h, --help')
    .helpCommand('help [command]')
    .showSuggestionAfterError()
  // Before the verb, too: `drey --home DIR get`.
  for (const [name, flag] of Object.entries(globalFlags)) parser.addOption(optionOf(name, flag, true))
  const parents = new Map<string, Parser>()
  const parentOf = (words: readonly string[]): Parser => {
    if (words.length === 0) return parser
    const name = words.join(' ')
    const known = parents.get(name)
    if (known) return known
    const made = parentOf(words.slice(0, -1))
      .command(words.at(-1)!)
      .description(parentSummaries[name] ?? '')
      .exitOverride()
    made.configureOutput(output)
    parents.set(name, made)
    return made
  }
  for (const group of groups)
    for (const record of commands.filter((c) => c.group === group)) {
      const words = record.name.split(' ')
      const sub = parentOf(words.slice(0, -1))
        .command(words.at(-1)!)
        .summary(record.summary)
        .description(describe(record))
      sub.exitOverride().configureOutput(output)
      ;(words.length > 1 ? parentOf(words.slice(0, -1)) : sub).helpGroup(`${group}:`)
      for (const arg of record.args ?? []) {
        const text = arg.rest ? `${arg.name}...` : arg.name
        sub.argument(arg.optional ? `[${text}]` : `<${text}>`, arg.summary)
      }
      for (const [name, flag] of Object.entries({ ...globalFlags, ...record.flags }))
        sub.addOption(optionOf(name, flag, name in globalFlags))
      sub.action(async () => {
        const flags = sub.optsWithGlobals<Record<string, string | boolean | string[] | undefined>>()
        code = await runCommand(record, sub, flags, io)
      })
    }
  try {
    if (argv.length === 0) parser.help()
    await parser.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.ok : exit.usage
    return report(error, io)
  }
}

/** The parser's words in our form: `error: unknown option '--x'\n(Did you mean --y?)`. */
const usageProblem = (text: string): Problem => {
  const [said = '', hint] = text.trim().split('\n')
  const sentence = said.replace(/^error: /, '')
  return new Problem('USAGE', `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`, {
    fix: hint === undefined ? 'drey --help' : hint.replace(/^\(Did you mean (.*)\?\)$/, 'did you mean $1?'),
  })
}

const optionOf = (name: string, flag: NonNullable<Command['flags']>[string], hidden: boolean): Option => {
  const dashed = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  // What is on unless switched off is spelled as its switch.
  const long = flag.type === 'boolean' && flag.default === true ? `--no-${dashed}` : `--${dashed}`
  const value =
    flag.type === 'boolean'
      ? ''
      : flag.bare === undefined
        ? ` <${flag.value ?? 'value'}>`
        : ` [${flag.value ?? 'value'}]`
  const option = new Option(`${flag.short ? `-${flag.short}, ` : ''}${long}${value}`, flag.summary)
  if (flag.choices) option.choices([...flag.choices])
  if (flag.default !== undefined && flag.default !== true) option.default(flag.default)
  if (flag.bare !== undefined) option.preset(flag.bare)
  if (flag.type === 'list') option.argParser((text: string, before: string[] | undefined) => [...(before ?? []), text])
  if (hidden) option.helpGroup('Global:')
  return option
}

const describe = (record: Command): string =>
  record.summary + (record.examples ? `\n\n${record.examples.map((example) => `  ${example}`).join('\n')}` : '')

const parentSummaries: Readonly<Record<string, string>> = {
  flink: 'Flink distributions of this machine.',
  image: 'What image names mean on this machine.',
  crds: 'The custom resource definitions in a cluster.',
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

const runCommand = async (
  record: Command,
  sub: Parser,
  flags: Record<string, string | boolean | string[] | undefined>,
  io: Io,
): Promise<number> => {
  const interrupted = new AbortController()
  let count = 0
  const stop = () => {
    if (++count > 1) process.exit(exit.interrupted)
    interrupted.abort()
  }
  process.on('SIGINT', stop)
  if (record.effect !== 'read') io.finish?.()
  try {
    const args: Record<string, string | readonly string[] | undefined> = {}
    for (const [index, arg] of (record.args ?? []).entries())
      args[arg.name] = sub.processedArgs[index] as string | string[] | undefined
    return await record.run({ args, flags, ...io, signal: interrupted.signal })
  } catch (error) {
    return report(error, io, flags['output'] === 'json')
  } finally {
    process.off('SIGINT', stop)
  }
}

const report = (error: unknown, io: Pick<Io, 'stderr' | 'env'>, asJson = false): number => {
  const problem = problemOf(error)
  io.stderr(asJson ? `${JSON.stringify(documented(problem))}\n` : printed(problem))
  if (problem.code === 'UNEXPECTED' && io.env['DREY_DEBUG']) io.stderr(`${(error as Error).stack}\n`)
  return problem.exitCode
}

/** Errors of other packages carry a code and a fix as well; anything else is a fault of ours. */
const problemOf = (error: unknown): Problem => {
  if (error instanceof Problem) return error
  const message = error instanceof Error ? error.message : String(error)
  const { code, fix } = (error ?? {}) as { code?: string; fix?: string }
  return typeof fix === 'string'
    ? new Problem(code ?? 'FAILED', withoutFix(message, fix), fix ? { fix } : {})
    : new Problem('UNEXPECTED', message, { fix: 'where it comes from: DREY_DEBUG=1 drey …' })
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
