/** Which Flink resource is meant: `NAME`, `KIND/NAME` or `KIND NAME`. A name that several kinds share is asked back. */
import { flinkDeployments, flinkSessionJobs, flinkStateSnapshots, nearest } from '@drey/api'
import { KubeError, type KubeObject, type ResourceType } from '@drey/reconcile'
import type { FlinkKind, FlinkResource } from '@drey/core'
import { exit, Problem, type Argument, type Context } from '../command.ts'
import type { Target } from '../target.ts'

export const subjectArgs: readonly Argument[] = [
  { name: 'name', summary: 'NAME, KIND/NAME or KIND NAME of a Flink resource' },
  { name: 'more', summary: 'the name, after a kind', optional: true },
]

export interface Subject {
  kind: FlinkKind
  type: ResourceType
  resource: FlinkResource
}

const kinds: readonly { kind: FlinkKind; type: ResourceType; words: readonly string[] }[] = [
  { kind: 'FlinkDeployment', type: flinkDeployments, words: ['flinkdeployment', 'flinkdeployments', 'flinkdep'] },
  { kind: 'FlinkSessionJob', type: flinkSessionJobs, words: ['flinksessionjob', 'flinksessionjobs', 'sessionjob'] },
  {
    kind: 'FlinkStateSnapshot',
    type: flinkStateSnapshots,
    words: ['flinkstatesnapshot', 'flinkstatesnapshots', 'flinksnp', 'snapshot'],
  },
]

/** The kinds a word may mean; `job` is a deployment or a session job. */
const kindsOf = (word: string): typeof kinds => {
  const lower = word.toLowerCase().replace(/\.flink\.apache\.org$/, '')
  if (lower === 'job') return kinds.slice(0, 2)
  const found = kinds.filter(({ words }) => words.includes(lower))
  if (found.length > 0) return found
  throw new Problem('KIND_UNKNOWN', `"${word}" is no kind of Flink resource.`, {
    fix: 'flinkdeployment, flinksessionjob or flinkstatesnapshot (flinkdep, sessionjob, flinksnp)',
    exitCode: exit.usage,
  })
}

export const subjectOf = async (context: Pick<Context, 'args'>, target: Target): Promise<Subject> => {
  const [first, second] = [String(context.args['name'] ?? ''), context.args['more'] as string | undefined]
  const [before, after] = first.split('/', 2) as [string, string | undefined]
  const name = second ?? after ?? before
  const candidates = second !== undefined || after !== undefined ? kindsOf(before) : kinds
  const found = await findAll(candidates, name, target)
  if (found.length === 1) return found[0]!
  if (found.length > 1)
    throw new Problem('NAME_AMBIGUOUS', `Several Flink resources in ${target.namespace} are called "${name}".`, {
      fix: found.map(({ kind }) => `drey … ${kind}/${name}`),
      exitCode: exit.usage,
    })
  const near = nearest(name, await namesOf(candidates, target), 3)
  throw new Problem(
    'NOT_FOUND',
    `There is no ${candidates.length === 1 ? candidates[0]!.kind : 'Flink resource'} "${name}" in ${target.namespace}.`,
    { fix: [...(near ? [`did you mean ${near}?`] : []), 'in another namespace: drey get -A'], exitCode: exit.notFound },
  )
}

/** A kind that may not be read, or is not installed, is passed over as long as another one answers. */
const findAll = async (candidates: typeof kinds, name: string, target: Target): Promise<Subject[]> => {
  const refusals: unknown[] = []
  const found = await Promise.all(
    candidates.map(async ({ kind, type }) => {
      try {
        const resource = await target.client.find<FlinkResource>({ type, namespace: target.namespace, name })
        return resource ? [{ kind, type, resource: { ...resource, kind } as FlinkResource }] : []
      } catch (error) {
        if (!(error instanceof KubeError)) throw error
        refusals.push(error)
        return []
      }
    }),
  )
  if (refusals.length === candidates.length && found.flat().length === 0) throw refusals[0]
  return found.flat()
}

const namesOf = async (candidates: typeof kinds, { client, namespace }: Target): Promise<string[]> =>
  (
    await Promise.all(
      candidates.map(({ type }) =>
        client.list<KubeObject>(type, { namespace }).catch(() => ({ items: [] as KubeObject[] })),
      ),
    )
  ).flatMap(({ items }) => items.map(({ metadata }) => metadata.name))
