/** `drey validate`: would these resources be stored, and what is wrong with them? Without a cluster. */
import { operatorConfigProblems } from '@drey/core'
import { command, exit, Problem, type Context } from '../command.ts'
import { readDocuments, type Document } from '../documents.ts'
import { nothingIn } from '../manifests.ts'
import { judge, type Judgement } from '../offline/judge.ts'
import { inNamespace, isForHome, keyOf, lookIn, operatorAt } from '../offline/world.ts'

export const validate = command({
  name: 'validate',
  group: 'Prepare',
  summary: 'Tell everything that is wrong with Flink resources, without a cluster.',
  flags: {
    filename: {
      short: 'f',
      type: 'list',
      value: 'FILE',
      summary: 'manifests to judge: files, folders or - for standard input',
    },
    old: { type: 'list', value: 'FILE', summary: 'the same resources before the change: judge an update' },
    operatorConfig: { type: 'text', value: 'DIR', summary: "the operator's configuration directory, as it is mounted" },
    resources: {
      type: 'list',
      value: 'FILE',
      summary: 'other resources that exist: session clusters, jobs of snapshots',
    },
    namespace: {
      short: 'n',
      type: 'text',
      value: 'NAME',
      summary: 'namespace of manifests that name none',
      default: 'default',
    },
    strict: { type: 'boolean', summary: 'warnings refuse, too' },
    output: {
      short: 'o',
      type: 'text',
      value: 'FORMAT',
      summary: 'text, or json: one line per document',
      choices: ['text', 'json'],
      default: 'text',
    },
  },
  effect: 'read',
  examples: [
    'drey validate -f orders.yaml',
    'drey validate -f new.yaml --old old.yaml --operator-config ./conf --output json',
    'drey validate -f session.yaml --name default   (as the home of that name would)',
  ],
  run: async (context) => {
    const files = (context.flags['filename'] ?? []) as readonly string[]
    if (files.length === 0)
      throw new Problem('FILE_MISSING', 'There is nothing to judge.', {
        fix: 'drey validate -f FILE',
        exitCode: exit.usage,
      })
    const documents = await readDocuments(files, context.cwd)
    if (documents.length === 0) throw nothingIn(files)
    const judgements = await judgeAll(context, documents)
    const strict = context.flags['strict'] === true
    const refused = judgements.filter(({ allowed, problems }) => !allowed || (strict && problems.length > 0))
    for (const [index, judgement] of judgements.entries())
      context.stdout(
        context.flags['output'] === 'json'
          ? asJson(judgement, documents[index]!)
          : asText(judgement, documents[index]!),
      )
    return refused.length === 0 ? exit.ok : exit.no
  },
})

const judgeAll = async (context: Context, documents: readonly Document[]): Promise<Judgement[]> => {
  const { flags, cwd, stderr } = context
  const { config: operator } = operatorAt(context)
  for (const problem of operatorConfigProblems(operator))
    stderr(`warning: operator configuration: ${problem.message} ${problem.fix}\n`)
  const namespace = String(flags['namespace'] ?? 'default')
  const others =
    flags['resources'] === undefined ? undefined : await readDocuments(flags['resources'] as readonly string[], cwd)
  const old = flags['old'] === undefined ? [] : await readDocuments([flags['old']].flat() as string[], cwd)
  const before = new Map(old.map(({ value }) => [keyOf(value, namespace), value]))
  const world = {
    operator,
    loopbackJars: isForHome(flags),
    resource: lookIn([...(others ?? []), ...documents], namespace),
    partial: others === undefined,
  }
  // One old and one new document belong together, whatever they are called: a changed name is told as such elsewhere.
  const only = old.length === 1 && documents.length === 1 ? old[0]?.value : undefined
  return documents.map(({ value }) =>
    judge(inNamespace(value, namespace), { ...world, old: before.get(keyOf(value, namespace)) ?? only }),
  )
}

const asJson = ({ kind, name, allowed, problems }: Judgement, document: Document): string =>
  `${JSON.stringify({ kind, name, allowed, problems: problems.map((problem) => ({ ...problem, ...document.positionOf(problem.path) })) })}\n`

const asText = ({ judged, kind, name, allowed, problems }: Judgement, document: Document): string => {
  const lines = problems.map((problem) => {
    const { line, column } = document.positionOf(problem.path)
    return `${document.file}:${line}:${column} ${problem.severity} ${problem.path}: ${problem.message} · fix: ${problem.fix}\n`
  })
  const what = `${document.file}: ${kind || 'document'}${name === '' ? '' : ` ${name}`}`
  const outcome = !judged
    ? 'not judged'
    : !allowed
      ? 'refused'
      : problems.length === 0
        ? 'valid'
        : 'valid, with warnings'
  return `${lines.join('')}${what}: ${outcome}\n`
}
