/** `drey plan`: the steps an edit would lead to, by the operator's own rules, and which state the job would resume from. */
import type { Plan } from '@drey/core'
import { command, exit, Problem, type Context, type Need } from '../command.ts'
import { documentFlag, sayDocument } from '../look/document.ts'
import { lookNeeds } from '../look/needs.ts'
import type { Edit } from '../look/planned.ts'
import type { Target } from '../target.ts'
import { filesFlag, namespaceFlag, withTarget } from './objects.ts'

const needs: readonly Need[] = [
  ...lookNeeds,
  ...[
    'deployments.apps',
    'services',
    'configmaps',
    'flinksessionjobs.flink.apache.org',
    'flinkstatesnapshots.flink.apache.org',
  ].map((resource) => ({ verb: 'list', resource, optional: true })),
]

export const plan = command({
  name: 'plan',
  group: 'Prepare',
  summary: 'What an edit would lead to: the steps, the state it resumes from, and what is in the way.',
  effect: 'read',
  args: [
    { name: 'name', summary: 'NAME, KIND/NAME or KIND NAME, with --set or --config', optional: true },
    { name: 'more', summary: 'the name, after a kind', optional: true },
  ],
  flags: {
    filename: filesFlag,
    set: { type: 'list', value: 'PATH=VALUE', summary: 'a field of the spec: spec.job.parallelism=16' },
    config: { type: 'list', value: 'KEY=VALUE', summary: 'a Flink or operator option of the resource' },
    namespace: namespaceFlag,
    operatorConfig: { type: 'text', value: 'DIR', summary: 'the operator’s configuration directory, as it is mounted' },
    exitCode: { type: 'boolean', summary: 'end with 1 when there is something to do' },
    output: documentFlag,
  },
  needs,
  examples: [
    'drey plan -f orders.yaml',
    'drey plan orders --set spec.job.parallelism=16',
    'drey plan orders --config taskmanager.numberOfTaskSlots=2 --exit-code',
  ],
  run: (context) =>
    withTarget(context, async (target) => {
      const edits = await editsOf(context, target)
      const { lookOf } = await import('../look/words.ts')
      const { planText } = await import('../look/plan-text.ts')
      const { planned } = await import('../look/planned.ts')
      const { operatorFacts } = await import('../look/edits.ts')
      const world = await operatorFacts(context, target)
      const plans: Plan[] = []
      for (const edit of edits) plans.push(await planned(target, edit, edits, { now: Date.now(), ...world }))
      const document = plans.length === 1 ? plans[0]! : { kind: 'Plans', version: 1, items: plans }
      await sayDocument(context, document, () =>
        plans.map((one) => planText(one, lookOf(Date.now(), context.env))).join(''),
      )
      if (plans.some(({ outcome }) => outcome === 'refused')) return exit.refused
      return context.flags['exitCode'] === true && plans.some(({ outcome }) => outcome !== 'nothing')
        ? exit.no
        : exit.ok
    }),
})

const editsOf = async (context: Context, target: Target): Promise<Edit[]> => {
  const files = (context.flags['filename'] ?? []) as readonly string[]
  const sets = (context.flags['set'] ?? []) as readonly string[]
  const configs = (context.flags['config'] ?? []) as readonly string[]
  const named = context.args['name'] !== undefined
  if (files.length > 0 === named)
    throw new Problem('USAGE', files.length > 0 ? 'A file and a name are two different plans.' : 'A plan of what?', {
      fix: ['drey plan -f FILE', 'drey plan NAME --set spec.job.parallelism=16'],
      exitCode: exit.usage,
    })
  if (files.length === 0) return [await fromFields(context, target, sets, configs)]
  const [{ readManifests }, { editsOf: editsIn }] = await Promise.all([
    import('../manifests.ts'),
    import('../look/edits.ts'),
  ])
  const { edits, others } = await editsIn(target, await readManifests(files, context.cwd))
  if (edits.length === 0) throw notPlanned('document of these files')
  if (others.length > 0)
    context.stderr(
      `skipped: ${others.map(({ kind, metadata: { name } }) => `${kind} ${name}`).join(', ')}; only deployments and session jobs are planned\n`,
    )
  return edits
}

const fromFields = async (
  context: Context,
  target: Target,
  sets: readonly string[],
  configs: readonly string[],
): Promise<Edit> => {
  const [{ subjectOf }, { withFields }] = await Promise.all([import('../look/subject.ts'), import('../look/edit.ts')])
  const { kind, type, resource } = await subjectOf(context, target)
  if (kind === 'FlinkStateSnapshot') throw notPlanned(kind)
  return { kind, type, before: resource, after: withFields(type, resource, sets, configs), assumed: [] }
}

const notPlanned = (what: string): Problem =>
  new Problem('NOTHING_TO_PLAN', `No ${what} can be planned: plans are for FlinkDeployments and FlinkSessionJobs.`, {
    fix: 'drey plan -f FILE',
    exitCode: exit.usage,
  })
