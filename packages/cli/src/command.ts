/** A command is a record: help, completion, documentation and types follow from it. The parsing library is an adapter in `main.ts`. */

export interface Flag {
  /** one letter, without the dash */
  short?: string
  /** `boolean` flags take no value; `list` may be given several times */
  type: 'boolean' | 'text' | 'list'
  /** how the value is called in help: `FILE`, `DIR` */
  value?: string
  summary: string
  default?: string | boolean
  /** values of an enumerated flag */
  choices?: readonly string[]
  /** `--flag` alone is allowed and means this */
  bare?: string
}

export interface Argument {
  name: string
  summary: string
  optional?: boolean
  /** takes all remaining words */
  rest?: boolean
  /** the only words it may be */
  choices?: readonly string[]
}

export type Group = 'Home' | 'Look' | 'Prepare' | 'Change' | 'Cluster' | 'Plumbing'

/** A right the command needs in the cluster. */
export interface Need {
  verb: string
  resource: string
  optional?: boolean
}

export interface Context {
  args: Readonly<Record<string, string | readonly string[] | undefined>>
  flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
  /** data, for pipes */
  stdout(text: string): void
  /** progress, warnings and errors, for people */
  stderr(text: string): void
  env: NodeJS.ProcessEnv
  cwd: string
  /** aborts on Ctrl-C */
  signal: AbortSignal
}

export interface Command {
  /** words separated by blanks: `flink add` */
  name: string
  group: Group
  summary: string
  args?: readonly Argument[]
  flags?: Readonly<Record<string, Flag>>
  needs?: readonly Need[]
  effect: 'read' | 'change' | 'danger'
  examples?: readonly string[]
  /** answers the exit code, see `exit` */
  run(context: Context): Promise<number> | number
}

export const command = (record: Command): Command => record

/** What help lists of a command. */
export type Outline = Pick<Command, 'name' | 'group' | 'summary' | 'args'>

/** `plainJvm` is typed `--plain-jvm`; what is on unless switched off is spelled as its switch. */
export const spelled = (name: string, flag: Pick<Flag, 'type' | 'default'>): string => {
  const dashed = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return flag.type === 'boolean' && flag.default === true ? `--no-${dashed}` : `--${dashed}`
}

/** What exit codes mean, for every command. */
export const exit = {
  ok: 0,
  no: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  unreachable: 5,
  outdated: 6,
  refused: 7,
  timeout: 8,
  interrupted: 130,
} as const

/** An error made to be read by the person who must act: a code, a sentence, and what to do next. */
export class Problem extends Error {
  readonly code: string
  readonly where?: string
  readonly cause1?: string
  readonly state?: string
  readonly fix: readonly string[]
  readonly exitCode: number
  constructor(
    code: string,
    message: string,
    o: { where?: string; cause?: string; state?: string; fix?: string | readonly string[]; exitCode?: number } = {},
  ) {
    super(message)
    this.name = 'Problem'
    this.code = code
    if (o.where !== undefined) this.where = o.where
    if (o.cause !== undefined) this.cause1 = o.cause
    if (o.state !== undefined) this.state = o.state
    this.fix = o.fix === undefined ? [] : typeof o.fix === 'string' ? [o.fix] : o.fix
    this.exitCode = o.exitCode ?? exit.no
  }
}

/** The lines of a problem: only those that apply. */
export const printed = (problem: Problem): string =>
  [
    `error ${problem.code}: ${problem.message}`,
    ...(problem.where === undefined ? [] : [`  where  ${problem.where}`]),
    ...(problem.cause1 === undefined ? [] : [`  cause  ${problem.cause1}`]),
    ...(problem.state === undefined ? [] : [`  state  ${problem.state}`]),
    ...problem.fix.map((fix) => `  fix    ${fix}`),
  ].join('\n') + '\n'

/** The same for machines: with `-o json`, on the stream for people all the same. */
export const documented = ({ code, message, where, cause1, state, fix }: Problem): object => ({
  kind: 'Problem',
  version: 1,
  code,
  message,
  ...(where === undefined ? {} : { where }),
  ...(cause1 === undefined ? {} : { cause: cause1 }),
  ...(state === undefined ? {} : { state }),
  fix,
})

/** Some errors end their sentence with the fix, for those who print only the message. */
export const withoutFix = (message: string, fix: string): string =>
  fix && message.endsWith(fix) ? message.slice(0, -fix.length).trim() : message
