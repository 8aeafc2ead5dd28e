/** `drey explain`: how a resource came to be as it is; or what a problem code or an option means. */
import { resolve } from 'node:path'
import { command, exit, Problem, type Context } from '../command.ts'
import { durationMs } from '../durations.ts'
import { homePaths } from '../home/paths.ts'
import { documentFlag, sayDocument } from '../look/document.ts'
import { lookNeeds } from '../look/needs.ts'
import { subjectArgs } from '../look/subject.ts'
import { namespaceFlag, withTarget } from './objects.ts'

export const explain = command({
  name: 'explain',
  group: 'Look',
  summary: 'How a resource came to be as it is, in sentences; or what a problem code or an option means.',
  effect: 'read',
  args: [
    { name: 'name', summary: 'NAME, KIND/NAME or KIND NAME of a Flink resource, a problem code, or an option' },
    subjectArgs[1]!,
  ],
  flags: {
    namespace: namespaceFlag,
    since: { type: 'text', value: 'TIME', summary: 'from so long ago: 30m, 6h (default: since the last change)' },
    cycles: { type: 'boolean', summary: 'what the operator decided pass by pass, from its journal' },
    facts: { type: 'boolean', summary: 'with --cycles: also what each pass looked at' },
    journal: { type: 'text', value: 'DIR', summary: 'the journal to read (default: the home’s)' },
    output: documentFlag,
  },
  needs: lookNeeds,
  examples: [
    'drey explain orders',
    'drey explain orders --cycles -o json > cycles.json',
    'drey explain SAVEPOINT_FAILED',
  ],
  async run(context) {
    const word = String(context.args['name'])
    if (context.args['more'] === undefined) {
      const meaning = await meaningOf(word)
      if (meaning) return say(context, meaning.document, meaning.text)
    }
    return context.flags['cycles'] === true || context.flags['facts'] === true ? cycles(context) : chain(context)
  },
})

const say = async (context: Context, document: object, text: string): Promise<number> => {
  await sayDocument(context, document, () => text)
  return exit.ok
}

/** Codes and keys are recognised by exact match with the declared lists; everything else is a resource. */
const meaningOf = async (word: string): Promise<{ document: object; text: string } | undefined> => {
  // Names of resources have neither capitals nor, of deployments, dots.
  if (!/[A-Z.]/.test(word)) return undefined
  const [{ codes }, { allOptions, nearest, spellings }] = await Promise.all([import('@drey/core'), import('@drey/api')])
  const code = codes.find((one) => one.code === word)
  if (code)
    return {
      document: { kind: 'Problem', version: 1, ...code },
      text: `${code.code}: ${code.message}\n${code.state ? `  state  ${code.state}\n` : ''}${code.fix.map((fix) => `  fix    ${fix}\n`).join('')}`,
    }
  // No resource is called in capitals.
  if (/^[A-Z][A-Z0-9_]*$/.test(word))
    throw new Problem('CODE_UNKNOWN', `There is no page about the code ${word}.`, {
      fix: [
        ...near(
          nearest(
            word,
            codes.map((one) => one.code),
            4,
          ),
        ),
        'its sentence and its fix stand where it was told: drey explain NAME, drey validate -f FILE',
      ],
      exitCode: exit.notFound,
    })
  const option = allOptions.find((one) => spellings(one).includes(word))
  if (!option) return undefined
  const fallback =
    option.defaultText ?? (option.default === undefined ? 'none' : option.codec.print(option.default) || 'empty')
  const old = spellings(option).filter((key) => key !== option.key)
  return {
    document: {
      kind: 'Option',
      version: 1,
      key: option.key,
      sentence: option.sentence,
      type: option.codec.type,
      default: fallback,
      scope: option.scope,
      takesEffect: option.dynamic,
      ...(option.codec.choices ? { choices: option.codec.choices } : {}),
      otherSpellings: old,
      deprecated: option.deprecated,
    },
    text: [
      `${option.key}${option.deprecated ? ' (deprecated)' : ''}: ${option.sentence}`,
      `  type     ${option.codec.type}${option.codec.choices ? `: ${option.codec.choices.join(', ')}` : ''}`,
      `  default  ${fallback}`,
      `  stands   ${places[option.scope]}`,
      `  effect   ${effects[option.dynamic]}`,
      ...(old.length > 0 ? [`  also     ${old.join(', ')}`] : []),
      ...(option.key === word ? [] : [`  note     ${word} is another spelling of it`]),
      '',
    ].join('\n'),
  }
}

const near = (word: string | undefined): string[] => (word === undefined ? [] : [`did you mean ${word}?`])

const places: Readonly<Record<string, string>> = {
  operator: 'in the operator’s configuration only',
  namespace: 'in the operator’s configuration, also for one namespace or Flink version',
  resource: 'in the operator’s configuration or in spec.flinkConfiguration',
  'blue-green': 'in spec.configuration of a FlinkBlueGreenDeployment',
  standalone: 'in the configuration of the standalone autoscaler',
  flink: 'in spec.flinkConfiguration; a key of Flink itself',
}
const effects: Readonly<Record<string, string>> = {
  live: 'at once',
  start: 'when the operator starts',
  deploy: 'at the next deployment',
  mixed: 'partly at once, partly at the next deployment',
}

const chain = (context: Context): Promise<number> =>
  withTarget(context, async (target) => {
    const [{ becauseOf }, { sourcesOf }, { subjectOf }, { becauseText }, { lookOf }] = await Promise.all([
      import('@drey/core'),
      import('../look/sources.ts'),
      import('../look/subject.ts'),
      import('../look/because-text.ts'),
      import('../look/words.ts'),
    ])
    const sources = await sourcesOf(context, target, await subjectOf(context, target))
    const { since } = context.flags
    const document = becauseOf(
      sources,
      typeof since === 'string' ? { sinceMs: sources.now - durationMs(since, '--since') } : {},
    )
    return say(context, document, becauseText(document, lookOf(sources.now, context.env)))
  })

/** From the journal alone: it is there when the operator, or even the resource, is not. */
const cycles = async (context: Context): Promise<number> => {
  const [{ readJournal }, { cyclesText }, { lookOf }] = await Promise.all([
    import('../look/journal.ts'),
    import('../look/because-text.ts'),
    import('../look/words.ts'),
  ])
  const paths = homePaths(context.flags, context.env)
  const { journal: given, namespace, since } = context.flags
  const at = typeof given === 'string' ? resolve(context.cwd, given) : paths.journal
  const words = [
    ...String(context.args['name']).split('/'),
    ...(context.args['more'] ? [String(context.args['more'])] : []),
  ]
  const [kind, name] = words.length > 1 ? [words[0]!.toLowerCase(), words[1]!] : ['', words[0]!]
  const from = typeof since === 'string' ? Date.now() - durationMs(since, '--since') : 0
  const journal = readJournal(
    at,
    (resource) =>
      resource.name === name &&
      (kind === '' ||
        resource.kind.toLowerCase().includes(kind.replace(/s$/, '').replace(/^flinkdep$/, 'flinkdeployment'))) &&
      (typeof namespace !== 'string' || resource.namespace === namespace),
  )
  const items = journal.cycles.filter((cycle) => Date.parse(cycle.repeated?.until ?? cycle.at) >= from)
  if (items.length === 0)
    throw new Problem(
      'NOT_FOUND',
      journal.from === undefined ? `There is no journal at ${at}.` : `The journal at ${at} has no pass of "${name}".`,
      {
        fix:
          journal.from === undefined
            ? ['a home keeps one by itself; elsewhere: drey operator --journal DIR', 'name another: --journal DIR']
            : 'without --cycles the story is told from the cluster: drey explain NAME',
        exitCode: exit.notFound,
      },
    )
  return say(
    context,
    { kind: 'Cycles', version: 1, items },
    cyclesText(items, lookOf(Date.now(), context.env), { facts: context.flags['facts'] === true }),
  )
}
