/** `drey apply`: objects become what manifests say. */
import { command, exit, Problem, type Context } from '../command.ts'
import { discover } from '../kinds.ts'
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
  examples: ['drey apply -f examples/state-machine.yaml'],
  flags: {
    filename: filesFlag,
    namespace: namespaceFlag,
    forceConflicts: { type: 'boolean', summary: 'take over fields that somebody else owns' },
  },
  async run(context) {
    const { readManifests } = await import('../manifests.ts')
    const manifests = await readManifests(needFiles(context), context.cwd)
    return withTarget(context, async (target) => {
      context.stderr(`→ ${target.name}/${target.namespace}\n`)
      const kinds = await discover(target.client)
      for (const manifest of manifests) {
        const { object, ref } = namespaced(manifest, kinds, target)
        const before = await target.client.find(ref)
        const after = await target.client.apply(ref.type, object, 'drey-cli', context.flags['forceConflicts'] === true)
        const verb = !before
          ? 'created'
          : before.metadata.resourceVersion === after.metadata.resourceVersion
            ? 'unchanged'
            : 'configured'
        context.stdout(`${fullName(ref)} ${verb}\n`)
      }
      return exit.ok
    })
  },
})

const needFiles = (context: Context): readonly string[] => {
  const list = context.flags['filename'] as string[] | undefined
  if (!list || list.length === 0)
    throw new Problem('USAGE', 'Which files? -f is missing.', { fix: 'drey apply -f job.yaml', exitCode: exit.usage })
  return list
}
