/** `drey apply`: objects become what manifests say. */
import type { Plan } from '@drey/core'
import { pathOf, type KubeObject } from '@drey/reconcile'
import { command, exit, Problem, type Context } from '../command.ts'
import { discover, type Kinds } from '../kinds.ts'
import type { Target } from '../target.ts'
import { filesFlag, fullName, namespaced, namespaceFlag, withTarget } from './objects.ts'

export const apply = command({
  name: 'apply',
  group: 'Change',
  summary: 'Create or change objects as manifests say.',
  effect: 'change',
  needs: [
    { verb: 'get', resource: '*' },
    { verb: 'patch', resource: '*' },
    { verb: 'create', resource: '*' },
  ],
  examples: [
    'drey apply -f examples/state-machine.yaml',
    'drey apply -f orders.yaml --dry-run',
    'drey apply -f orders.yaml --plan 9b1e07',
  ],
  flags: {
    filename: filesFlag,
    namespace: namespaceFlag,
    forceConflicts: { type: 'boolean', summary: 'take over fields that somebody else owns' },
    dryRun: { type: 'boolean', summary: 'change nothing: what would be written, and the plan of each Flink resource' },
    plan: { type: 'list', value: 'ID', summary: 'only if drey plan would still say the same (one for each resource)' },
    operatorConfig: { type: 'text', value: 'DIR', summary: 'for plans: the operator’s configuration directory' },
  },
  async run(context) {
    const { readManifests } = await import('../manifests.ts')
    const manifests = await readManifests(needFiles(context), context.cwd)
    return withTarget(context, async (target) => {
      context.stderr(`→ ${target.name}/${target.namespace}\n`)
      const kinds = await discover(target.client)
      const ids = context.flags['plan'] as readonly string[] | undefined
      if (context.flags['dryRun'] === true) return tried(context, target, kinds, manifests)
      if (ids) await demandPlans(context, target, manifests, ids)
      let done = 0
      for (const manifest of manifests) {
        const { object, ref } = namespaced(manifest, kinds, target)
        try {
          const before = await target.client.find(ref)
          const after = await target.client.apply(ref.type, object, 'drey-cli', isForced(context))
          context.stdout(`${fullName(ref)} ${verbOf(before, after)}\n`)
        } catch (error) {
          if (manifests.length > 1)
            context.stderr(
              `stopped at ${fullName(ref)}: ${done} of ${manifests.length} objects were applied before it\n`,
            )
          throw error
        }
        done++
      }
      return exit.ok
    })
  },
})

const isForced = ({ flags }: Context): boolean => flags['forceConflicts'] === true

const verbOf = (before: KubeObject | undefined, after: KubeObject): string =>
  !before ? 'created' : before.metadata.resourceVersion === after.metadata.resourceVersion ? 'unchanged' : 'configured'

/** The server's own dry run, and the operator's plans. */
const tried = async (
  context: Context,
  target: Target,
  kinds: Kinds,
  manifests: readonly KubeObject[],
): Promise<number> => {
  for (const manifest of manifests) {
    const { object, ref } = namespaced(manifest, kinds, target)
    const before = await target.client.find(ref)
    await target.client.send({
      method: 'PATCH',
      path: pathOf(ref.type, { namespace: ref.namespace, name: ref.name }),
      query: { fieldManager: 'drey-cli', dryRun: 'All', ...(isForced(context) ? { force: 'true' } : {}) },
      contentType: 'application/apply-patch+yaml',
      body: object,
    })
    context.stdout(`${fullName(ref)} ${before ? 'would be applied' : 'would be created'} (dry run)\n`)
  }
  const plans = await plansOf(context, target, manifests)
  const [{ planText }, { lookOf }] = await Promise.all([import('../look/plan-text.ts'), import('../look/words.ts')])
  for (const plan of plans) context.stdout(planText(plan, lookOf(Date.now(), context.env)))
  return plans.some(({ outcome }) => outcome === 'refused') ? exit.refused : exit.ok
}

const plansOf = async (context: Context, target: Target, manifests: readonly KubeObject[]): Promise<Plan[]> => {
  const [{ editsOf, operatorFacts }, { planned }] = await Promise.all([
    import('../look/edits.ts'),
    import('../look/planned.ts'),
  ])
  const { edits } = await editsOf(target, manifests)
  const world = await operatorFacts(context, target)
  const plans: Plan[] = []
  for (const edit of edits) plans.push(await planned(target, edit, edits, { now: Date.now(), ...world }))
  return plans
}

/** What was shown is what runs, or nothing does. */
const demandPlans = async (
  context: Context,
  target: Target,
  manifests: readonly KubeObject[],
  ids: readonly string[],
): Promise<void> => {
  const plans = await plansOf(context, target, manifests)
  const wanted = new Set(ids.flatMap((id) => id.split(',')))
  const refused = plans.find(({ outcome }) => outcome === 'refused')
  if (refused)
    throw new Problem('SPEC_REFUSED', `The spec of ${refused.resource.name} would be refused.`, {
      cause: refused.problems.map(({ path, message }) => `${path}: ${message}`).join('; '),
      state: 'nothing was done',
      fix: 'drey plan -f FILE',
      exitCode: exit.refused,
    })
  const other = plans.find(({ id, outcome }) => outcome !== 'nothing' && !wanted.has(id))
  const known = new Set(plans.map(({ id }) => id))
  const missing = [...wanted].find((id) => !known.has(id))
  if (!other && missing === undefined) return
  const message =
    other && missing !== undefined
      ? `Plan ${missing} no longer fits ${other.resource.name}.`
      : other
        ? `No plan was given for ${other.resource.name}.`
        : `Plan ${missing} is of nothing in these files.`
  throw new Problem('PLAN_OUTDATED', message, {
    ...(other ? { cause: `its plan is ${other.id} now: the manifest is another, or the world has changed` } : {}),
    state: 'nothing was done',
    fix: `drey plan ${(context.flags['filename'] as readonly string[]).map((file) => `-f ${file}`).join(' ')}`,
    exitCode: exit.outdated,
  })
}

const needFiles = (context: Context): readonly string[] => {
  const list = context.flags['filename'] as string[] | undefined
  if (!list || list.length === 0)
    throw new Problem('USAGE', 'Which files? -f is missing.', { fix: 'drey apply -f job.yaml', exitCode: exit.usage })
  return list
}
