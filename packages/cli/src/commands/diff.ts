/** `drey diff`: what a changed manifest asks of the running job. */
import { diffBlueGreen, diffSessionJob, isSecretKey, type FlinkDeploymentSpec } from '@drey/api'
import { deploymentDifferences, readSpec, deploymentLayout, sessionJobLayout, blueGreenLayout } from '@drey/core'
import type { Change, Diff } from '@drey/schema'
import { command, exit, Problem } from '../command.ts'
import { readDocuments, type Document } from '../documents.ts'
import { keyOf, lookIn } from '../offline/world.ts'

export const diff = command({
  name: 'diff',
  group: 'Prepare',
  summary: 'Tell what differs between two versions of a resource, and what that asks of the running job.',
  flags: {
    old: { type: 'list', value: 'FILE', summary: 'the resources as they are' },
    new: { type: 'list', value: 'FILE', summary: 'the resources as they shall be' },
    resources: { type: 'list', value: 'FILE', summary: 'session clusters of session jobs: their mode counts' },
    output: {
      short: 'o',
      type: 'text',
      value: 'FORMAT',
      summary: 'text, or json: one line per resource',
      choices: ['text', 'json'],
      default: 'text',
    },
  },
  effect: 'read',
  examples: [
    'drey diff --old before.yaml --new after.yaml',
    'drey diff --old before.yaml --new after.yaml --output json',
  ],
  run: async ({ flags, cwd, stdout, stderr }) => {
    const read = (name: string): Promise<Document[]> => readDocuments((flags[name] ?? []) as readonly string[], cwd)
    const [old, now, others] = [await read('old'), await read('new'), await read('resources')]
    const pairs = pairsOf(old, now)
    if (pairs.length === 0)
      throw new Problem('NOTHING_TO_COMPARE', 'No Flink resource is in both --old and --new.', {
        fix: 'drey diff --old FILE --new FILE',
        exitCode: exit.usage,
      })
    const compared = new Set<unknown>(pairs.flat())
    for (const [side, documents] of [
      ['--old', old],
      ['--new', now],
    ] as const)
      for (const { kind, metadata } of flinkOf(documents).filter((one) => !compared.has(one)))
        stderr(`${kind} ${metadata?.name ?? ''} stands only in ${side}\n`)
    const find = lookIn([...others, ...now], 'default')
    const results = pairs.map(([before, after]) => compare(before, after, find))
    for (const result of results)
      stdout(flags['output'] === 'json' ? `${JSON.stringify(shownResult(result))}\n` : asText(result))
    return results.every(({ changes }) => changes.length === 0) ? exit.ok : exit.no
  },
})

interface Result extends Diff {
  kind: string
  name: string
}

type Json = { kind?: string; metadata?: { name?: string; namespace?: string }; spec?: unknown }

const KINDS = ['FlinkDeployment', 'FlinkSessionJob', 'FlinkBlueGreenDeployment']

const flinkOf = (documents: readonly Document[]): Json[] =>
  documents.map(({ value }) => value as Json).filter((one) => KINDS.includes(one?.kind ?? ''))

/** By kind and name; a single resource on both sides is a pair whatever it is called. */
const pairsOf = (old: readonly Document[], now: readonly Document[]): [Json, Json][] => {
  const [before, after] = [flinkOf(old), flinkOf(now)]
  if (before.length === 1 && after.length === 1 && before[0]!.kind === after[0]!.kind) return [[before[0]!, after[0]!]]
  const byKey = new Map(before.map((one) => [keyOf(one, 'default'), one]))
  return after.flatMap((one) => {
    const other = byKey.get(keyOf(one, 'default'))
    return other ? [[other, one]] : []
  })
}

const compare = (old: Json, now: Json, find: ReturnType<typeof lookIn>): Result => {
  const named = { kind: now.kind ?? '', name: now.metadata?.name ?? '' }
  if (now.kind === 'FlinkBlueGreenDeployment')
    return { ...named, ...diffBlueGreen(specOf(old, blueGreenLayout), specOf(now, blueGreenLayout)).diff }
  if (now.kind === 'FlinkDeployment')
    return { ...named, ...deploymentDifferences(specOf(old, deploymentLayout), specOf(now, deploymentLayout)) }
  const spec = specOf<{ deploymentName?: string }>(now, sessionJobLayout)
  const cluster = find('FlinkDeployment', now.metadata?.namespace, spec.deploymentName ?? '') as
    { spec?: FlinkDeploymentSpec } | undefined
  return { ...named, ...diffSessionJob(specOf(old, sessionJobLayout), spec, cluster?.spec?.mode ?? 'native') }
}

/** A value that cannot be read would be told as a change to nothing. */
const specOf = <Spec>({ kind, metadata, spec: written }: Json, layout: typeof deploymentLayout): Spec => {
  const { spec, unreadable } = readSpec<Spec>(written, layout)
  const [first] = unreadable
  if (first)
    throw new Problem('SPEC_UNREADABLE', `${kind} ${metadata?.name ?? ''} cannot be compared.`, {
      cause: `${first.path} must be ${first.expected}`,
      fix: 'drey validate -f FILE tells every problem',
      exitCode: exit.usage,
    })
  return spec
}

/** `kind` and `name` come last: the answer proper is the type and the changes. */
const shownResult = ({ type, changes, kind, name }: Result) => ({
  type,
  changes: changes.map(withoutSecrets),
  kind,
  name,
})

const withoutSecrets = (change: Change): Change => {
  const hide = (value: unknown): unknown => (value === null ? null : '******')
  const isSecret = change.path.startsWith('flinkConfiguration.') && isSecretKey(change.path)
  return isSecret ? { ...change, old: hide(change.old), new: hide(change.new) } : change
}

const asText = ({ type, changes, kind, name }: Result): string => {
  if (changes.length === 0) return `${kind} ${name}: no difference\n`
  const lines = changes
    .map(withoutSecrets)
    .map(
      ({ path, old, new: now, type: weight, why }) =>
        `  ~ ${path}  ${valueText(old)} → ${valueText(now)}  ${weight.toLowerCase()}: ${why}\n`,
    )
  return `${kind} ${name}: ${type}\n${lines.join('')}`
}

const valueText = (value: unknown): string =>
  value === null ? 'unset' : typeof value === 'string' ? value : JSON.stringify(value)
