/** The parsing library behind our records: help, options and arguments as commander wants them. */
import { Argument, Command as Parser, Option } from 'commander'
import { exit, printed, Problem, spelled, type Command, type Flag, type Outline } from './command.ts'
import { globalFlags } from './global-flags.ts'
import { version } from './version.ts'

const groups = ['Home', 'Look', 'Prepare', 'Change', 'Cluster', 'Plumbing'] as const

export type Flags = Record<string, string | boolean | string[] | undefined>
export type Args = Record<string, string | readonly string[] | undefined>

interface Streams {
  stdout(text: string): void
  stderr(text: string): void
}

/** A parser for these records; `run` is called with what was typed. Records without a `run` are there for help and for hints. */
export const parserOf = (
  records: readonly (Command | Outline)[],
  io: Streams,
  run: (record: Command, args: Args, flags: Flags) => Promise<void>,
): Parser => {
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
    for (const record of records.filter((one) => one.group === group)) {
      const words = record.name.split(' ')
      const sub = parentOf(words.slice(0, -1)).command(words.at(-1)!).summary(record.summary)
      sub.exitOverride().configureOutput(output)
      ;(words.length > 1 ? parentOf(words.slice(0, -1)) : sub).helpGroup(`${group}:`)
      for (const arg of record.args ?? []) {
        const text = arg.rest ? `${arg.name}...` : arg.name
        const argument = new Argument(arg.optional ? `[${text}]` : `<${text}>`, arg.summary)
        sub.addArgument(arg.choices ? argument.choices([...arg.choices]) : argument)
      }
      if (!('run' in record)) continue
      sub.description(describe(record))
      for (const [name, flag] of Object.entries({ ...globalFlags, ...record.flags }))
        sub.addOption(optionOf(name, flag, name in globalFlags))
      sub.action(async () => {
        const args = Object.fromEntries(
          (record.args ?? []).map(({ name }, index) => [
            name,
            sub.processedArgs[index] as string | string[] | undefined,
          ]),
        )
        await run(record, args, sub.optsWithGlobals<Flags>())
      })
    }
  return parser
}

/** The parser's words in our form: `error: unknown option '--x'\n(Did you mean --y?)`. */
const usageProblem = (text: string): Problem => {
  const [said = '', hint] = text.trim().split('\n')
  const sentence = said.replace(/^error: /, '').replace(/\.$/, '')
  return new Problem('USAGE', `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`, {
    fix: hint === undefined ? 'drey --help' : hint.replace(/^\(Did you mean (.*)\?\)$/, 'did you mean $1?'),
    exitCode: exit.usage,
  })
}

const optionOf = (name: string, flag: Flag, isGlobal: boolean): Option => {
  const value =
    flag.type === 'boolean'
      ? ''
      : flag.bare === undefined
        ? ` <${flag.value ?? 'value'}>`
        : ` [${flag.value ?? 'value'}]`
  const option = new Option(`${flag.short ? `-${flag.short}, ` : ''}${spelled(name, flag)}${value}`, flag.summary)
  if (flag.choices) option.choices([...flag.choices])
  if (flag.default !== undefined && flag.default !== true) option.default(flag.default)
  if (flag.type === 'list') option.argParser((text: string, before: string[] | undefined) => [...(before ?? []), text])
  if (isGlobal) option.helpGroup('Global:')
  return option
}

const describe = (record: Command): string =>
  record.summary + (record.examples ? `\n\n${record.examples.map((example) => `  ${example}`).join('\n')}` : '')

const parentSummaries: Readonly<Record<string, string>> = {
  flink: 'Flink distributions of this machine.',
  image: 'What image names mean on this machine.',
  crds: 'The custom resource definitions in a cluster.',
}
