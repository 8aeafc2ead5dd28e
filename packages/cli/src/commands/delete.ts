/** `drey delete`: deletes objects and waits until they are gone. */
import { pause, realClock, type Ref } from '@drey/reconcile'
import { command, exit, Problem, type Context } from '../command.ts'
import { durationMs } from '../durations.ts'
import { discover, type Kinds } from '../kinds.ts'
import type { Target } from '../target.ts'
import { filesFlag, fullName, namespaced, namespaceFlag, selectorFlag, wanted, withTarget } from './objects.ts'

export const remove = command({
  name: 'delete',
  group: 'Change',
  summary: 'Delete objects and wait until they are gone.',
  effect: 'danger',
  needs: [
    { verb: 'get', resource: '*' },
    { verb: 'delete', resource: '*' },
  ],
  args: [
    { name: 'kind', summary: 'the kind, or KIND/NAME', optional: true },
    { name: 'name', summary: 'the names', optional: true, rest: true },
  ],
  flags: {
    filename: filesFlag,
    namespace: namespaceFlag,
    selector: selectorFlag,
    all: { type: 'boolean', summary: 'all of the kind in the namespace' },
    ignoreNotFound: { type: 'boolean', summary: 'what is not there is no error' },
    wait: { type: 'boolean', summary: 'return at once, not when they are gone', default: true },
    timeout: { type: 'text', value: 'TIME', summary: 'how long to wait: 30s, 2m', default: '120s' },
  },
  examples: ['drey delete flinkdeployment state-machine', 'drey delete -f examples/state-machine.yaml'],
  run(context) {
    const timeoutMs = durationMs(String(context.flags['timeout']), '--timeout')
    return withTarget(context, async (target) => {
      const refs = await refsOf(context, await discover(target.client), target)
      context.stderr(`→ ${target.name}/${target.namespace}\n`)
      const uids: { ref: Ref; uid: string }[] = []
      // What is missing does not keep the rest from being deleted; it is told at the end.
      const missing: Ref[] = []
      for (const ref of refs) {
        const object = await target.client.find(ref)
        if (!object) {
          missing.push(ref)
          continue
        }
        await target.client.remove(ref, { uid: object.metadata.uid ?? '', propagation: 'Background' })
        uids.push({ ref, uid: object.metadata.uid ?? '' })
        context.stdout(`${fullName(ref)} deleted\n`)
      }
      if (context.flags['wait'] !== false) await gone(context, target, uids, timeoutMs)
      if (missing.length === 0 || context.flags['ignoreNotFound']) return exit.ok
      throw new Problem('NOT_FOUND', `Not there: ${missing.map(fullName).join(', ')}.`, {
        where: `${target.name}/${target.namespace}`,
        ...(uids.length > 0 ? { state: 'the others are deleted' } : {}),
        fix: 'drey get -A, or --ignore-not-found',
        exitCode: exit.notFound,
      })
    })
  },
})

const gone = async (
  context: Context,
  target: Target,
  uids: readonly { ref: Ref; uid: string }[],
  timeoutMs: number,
): Promise<void> => {
  const until = Date.now() + timeoutMs
  for (const { ref, uid } of uids)
    for (;;) {
      const object = await target.client.find(ref)
      if (!object || object.metadata.uid !== uid) break
      if (Date.now() > until)
        throw new Problem('TIMEOUT', `${fullName(ref)} is still being deleted.`, {
          state: `finalizers: ${(object.metadata.finalizers ?? []).join(', ') || 'none'}`,
          fix: `drey get ${ref.type.resource} ${ref.name} -o yaml`,
          exitCode: exit.timeout,
        })
      if (context.signal.aborted)
        throw new Problem('INTERRUPTED', `${fullName(ref)} goes on being deleted.`, {
          fix: `drey get ${ref.type.resource} ${ref.name}`,
          exitCode: exit.interrupted,
        })
      await pause(realClock, 200, context.signal).catch(() => {})
    }
}

const refsOf = async (context: Context, kinds: Kinds, target: Target): Promise<Ref[]> => {
  const list = context.flags['filename'] as string[] | undefined
  if (list && list.length > 0) {
    const { readManifests } = await import('../manifests.ts')
    return (await readManifests(list, context.cwd)).map((object) => namespaced(object, kinds, target).ref)
  }
  const words = [context.args['kind'] ?? [], context.args['name'] ?? []].flat()
  const selector = context.flags['selector']
  const many = context.flags['all'] === true || typeof selector === 'string'
  const refs: Ref[] = []
  for (const { type, names } of wanted(words, kinds)) {
    const namespace = type.namespaced ? { namespace: target.namespace } : {}
    const found =
      names.length > 0 || !many
        ? names
        : (
            await target.client.list(type, {
              ...namespace,
              ...(typeof selector === 'string' ? { labelSelector: selector } : {}),
            })
          ).items.map(({ metadata }) => metadata.name)
    refs.push(...found.map((name) => ({ type, name, ...namespace })))
  }
  if (refs.length === 0 && !many)
    throw new Problem('USAGE', 'Delete what?', {
      fix: 'drey delete flinkdeployment NAME, or: drey delete -f FILE',
      exitCode: exit.usage,
    })
  return refs
}
