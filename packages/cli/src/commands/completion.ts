/** `drey completion`: a script that completes commands and flags, derived from their records. */
import { command, exit, spelled, type Command, type Flag } from '../command.ts'
import { globalFlags } from '../global-flags.ts'

const shells = ['bash', 'zsh', 'fish'] as const

export const completion = command({
  name: 'completion',
  group: 'Plumbing',
  summary: 'Print the script that completes commands and flags in a shell.',
  effect: 'read',
  args: [{ name: 'shell', summary: 'bash, zsh or fish', choices: shells }],
  examples: ['source <(drey completion bash)', 'drey completion fish > ~/.config/fish/completions/drey.fish'],
  async run(context) {
    const { allCommands } = await import('./index.ts')
    const commands = await allCommands()
    const shell = context.args['shell'] as (typeof shells)[number]
    context.stdout(shell === 'fish' ? fish(commands) : shell === 'zsh' ? zsh(commands) : bash(commands))
    return exit.ok
  },
})

const flagsOf = (one: Command): [string, Flag][] => Object.entries({ ...one.flags, ...globalFlags })

const firstWords = (commands: readonly Command[]): string[] => [
  ...new Set(commands.map(({ name }) => name.split(' ')[0] ?? '')),
]

/** After which words which words may stand: `` → verbs, `flink` → add … */
const nextWords = (commands: readonly Command[]): Map<string, string[]> => {
  const next = new Map<string, string[]>([['', [...firstWords(commands), 'help']]])
  for (const { name } of commands) {
    const [first = '', second] = name.split(' ')
    if (second !== undefined) next.set(first, [...(next.get(first) ?? []), second])
  }
  return next
}

const bash = (commands: readonly Command[]): string => {
  const words = [...nextWords(commands)].map(([at, next]) => `    '${at}') words='${next.join(' ')}' ;;`)
  const flags = commands.map(
    (one) =>
      `    '${one.name}') flags='${flagsOf(one)
        .map(([name, flag]) => spelled(name, flag))
        .join(' ')}' ;;`,
  )
  const choices = new Map(
    commands.flatMap((one) =>
      flagsOf(one).flatMap(([name, flag]) => (flag.choices ? [[spelled(name, flag), flag.choices] as const] : [])),
    ),
  )
  return `# drey completion for bash; load it with: source <(drey completion bash)
_drey() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} at='' words='' flags='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) ;; *) case " $at " in *' '*' '*' '*) ;; *) at="\${at:+$at }$word" ;; esac ;; esac
  done
  case $prev in
    -f|--filename|--kubeconfig|--home|--from|--overlay|--old|--new) COMPREPLY=($(compgen -f -- "$cur")); return ;;
${[...choices].map(([flag, values]) => `    ${flag}) COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$cur")); return ;;`).join('\n')}
  esac
  case $at in
${words.join('\n')}
  esac
  case $at in
${flags.join('\n')}
    *) case \${at%% *} in
${commands
  .filter(({ name }) => !name.includes(' '))
  .map(
    (one) =>
      `    '${one.name}') flags='${flagsOf(one)
        .map(([name, flag]) => spelled(name, flag))
        .join(' ')}' ;;`,
  )
  .join('\n')}
    esac ;;
  esac
  case $cur in -*) words=$flags ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _drey drey
`
}

const zsh = (commands: readonly Command[]): string =>
  `#compdef drey
# drey completion for zsh; load it with: source <(drey completion zsh)
autoload -U +X bashcompinit && bashcompinit
${bash(commands).split('\n').slice(1).join('\n')}`

const fish = (commands: readonly Command[]): string => {
  const quoted = (text: string) => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`
  const seen = (words: readonly string[]) => `__fish_seen_subcommand_from ${words.join(' ')}`
  const lines = ['# drey completion for fish', 'complete -c drey -f']
  for (const one of commands) {
    const [first = '', second] = one.name.split(' ')
    if (second === undefined)
      lines.push(`complete -c drey -n __fish_use_subcommand -a ${first} -d ${quoted(one.summary)}`)
    else lines.push(`complete -c drey -n ${quoted(seen([first]))} -a ${second} -d ${quoted(one.summary)}`)
    const here = second === undefined ? seen([first]) : `${seen([first])}; and ${seen([second])}`
    for (const [name, flag] of Object.entries(one.flags ?? {})) lines.push(flagLine(here, name, flag, quoted))
  }
  for (const first of new Set(commands.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ')[0]!] : []))))
    lines.push(`complete -c drey -n __fish_use_subcommand -a ${first}`)
  for (const [name, flag] of Object.entries(globalFlags)) lines.push(flagLine('', name, flag, quoted))
  return `${lines.join('\n')}\n`
}

const flagLine = (condition: string, name: string, flag: Flag, quoted: (text: string) => string): string =>
  [
    'complete -c drey',
    ...(condition ? [`-n ${quoted(condition)}`] : []),
    `-l ${spelled(name, flag).slice(2)}`,
    ...(flag.short ? [`-s ${flag.short}`] : []),
    ...(flag.type === 'boolean' ? [] : [flag.choices ? `-x -a ${quoted(flag.choices.join(' '))}` : '-r']),
    ...(['filename', 'kubeconfig', 'home', 'from'].includes(name) ? ['-F'] : []),
    `-d ${quoted(flag.summary)}`,
  ].join(' ')
