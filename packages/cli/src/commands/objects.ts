/** `drey apply`, `get`, `delete`: the little one needs when there is no kubectl. */
import { KubeError, pathOf, pause, realClock, type KubeObject, type Ref } from '@drey/reconcile'
import type { KubeClient } from '@drey/kube'
import { command, exit, Problem, type Context } from '../command.ts'
import { discover, type Kinds } from '../kinds.ts'
import { readManifests } from '../manifests.ts'
import { kindOf, shown } from '../shown.ts'
import { openTarget, type Target } from '../target.ts'

const namespaceFlag = { type: 'text', short: 'n', value: 'NAMESPACE', summary: 'the namespace' } as const
const files = { type: 'list', short: 'f', value: 'FILE', summary: 'file, folder or - (may be repeated)' } as const

/** Runs with an open target and turns the API server's refusals into problems. */
export const withTarget = async (context: Context, run: (target: Target) => Promise<number>): Promise<number> => {
  const target = await openTarget(context)
  try {
    return await run(target)
  } catch (error) {
    throw asProblem(error, target)
  } finally {
    await target.close()
  }
}

const asProblem = (error: unknown, target: Target): unknown => {
  if (error instanceof KubeError) {
    const message = error.message
    if (error.code === 404) return new Problem('NOT_FOUND', message, { where: target.name, exitCode: exit.notFound })
    if (error.code === 403 || error.code === 401)
      return new Problem('FORBIDDEN', message, {
        where: target.name,
        fix: 'ask for the right that is named',
        exitCode: exit.notAllowed,
      })
    return new Problem(
      error.reason ? error.reason.replaceAll(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase() : 'REFUSED',
      message,
      { where: target.name },
    )
  }
  const code =
    (error as { code?: string; cause?: { code?: string } })?.code ??
    (error as { cause?: { code?: string } })?.cause?.code
  if (code && ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_SOCKET'].includes(code))
    return new Problem('UNREACHABLE', `${target.name} does not answer.`, {
      cause: (error as Error).message,
      fix: 'drey status',
      exitCode: exit.unreachable,
    })
  return error
}

const namespaced = (object: KubeObject, kinds: Kinds, target: Target): { object: KubeObject; ref: Ref } => {
  const type = kinds.of(object.apiVersion, object.kind)
  const namespace = type.namespaced ? (object.metadata.namespace ?? target.namespace) : undefined
  return {
    object: namespace ? { ...object, metadata: { ...object.metadata, namespace } } : object,
    ref: { type, name: object.metadata.name, ...(namespace ? { namespace } : {}) },
  }
}

const needFiles = (context: Context): readonly string[] => {
  const list = context.flags['filename'] as string[] | undefined
  if (!list || list.length === 0)
    throw new Problem('USAGE', 'Which files? -f is missing.', { fix: 'drey apply -f job.yaml', exitCode: exit.usage })
  return list
}

export const apply = command({
  name: 'apply',
  group: 'Change',
  summary: 'Create or change objects as manifests say.',
  effect: 'change',
  examples: ['drey apply -f examples/state-machine.yaml'],
  flags: {
    filename: files,
    namespace: namespaceFlag,
    forceConflicts: { type: 'boolean', summary: 'take over fields that somebody else owns' },
  },
  async run(context) {
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

const fullName = (ref: Ref): string => `${kindOf(ref.type)}/${ref.name}`

interface Table {
  columnDefinitions: { name: string; priority: number }[]
  rows: { cells: unknown[]; object?: { metadata?: { namespace?: string; name?: string } } }[]
}

export const get = command({
  name: 'get',
  group: 'Look',
  summary: 'List or show objects.',
  effect: 'read',
  args: [
    { name: 'kind', summary: 'flinkdeployments (default), pods, services …', optional: true },
    { name: 'name', summary: 'one of them', optional: true },
  ],
  flags: {
    namespace: namespaceFlag,
    allNamespaces: { type: 'boolean', short: 'A', summary: 'in all namespaces' },
    output: { type: 'text', short: 'o', value: 'FORM', summary: 'json, yaml, name, wide or jsonpath={.path}' },
    selector: { type: 'text', short: 'l', value: 'LABELS', summary: 'label selector' },
  },
  examples: ['drey get', 'drey get pods', 'drey get flinkdeployment state-machine -o yaml'],
  run: (context) =>
    withTarget(context, async (target) => {
      const kinds = await discover(target.client)
      const [kindWord = 'flinkdeployments', slashName] = String(context.args['kind'] ?? 'flinkdeployments').split('/')
      const type = kinds.named(kindWord)
      const name = slashName ?? (context.args['name'] as string | undefined)
      const namespace = type.namespaced && !context.flags['allNamespaces'] ? target.namespace : undefined
      const output = context.flags['output'] as string | undefined
      const path = pathOf(type, { namespace, ...(name ? { name } : {}) })
      const query: Record<string, string> =
        typeof context.flags['selector'] === 'string' ? { labelSelector: context.flags['selector'] } : {}
      if (output && output !== 'wide') {
        const body = await target.client.send<KubeObject>({ method: 'GET', path, query })
        context.stdout(await shown(body, type, output))
        return exit.ok
      }
      const table = await tableOf(target.client, path, query)
      if (table.rows.length === 0) {
        context.stderr(`No ${type.resource} in ${namespace ?? 'any namespace'}.\n`)
        return exit.ok
      }
      context.stdout(columns(table, output === 'wide', type.namespaced && namespace === undefined))
      return exit.ok
    }),
})

const tableOf = async (client: KubeClient, path: string, query: Record<string, string>): Promise<Table> => {
  const body = await client.send<Table | { items?: KubeObject[] }>({
    method: 'GET',
    path,
    query,
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
  })
  if ('rows' in body) return body
  const items = body.items ?? [body as unknown as KubeObject]
  return {
    columnDefinitions: [{ name: 'Name', priority: 0 }],
    rows: items.map((item) => ({ cells: [item.metadata.name], object: item as never })),
  }
}

const columns = (table: Table, wide: boolean, withNamespace: boolean): string => {
  const shownColumns = table.columnDefinitions
    .map((column, index) => ({ ...column, index }))
    .filter((column) => wide || !column.priority)
  const head = [...(withNamespace ? ['NAMESPACE'] : []), ...shownColumns.map((column) => column.name.toUpperCase())]
  const body = table.rows.map((row) => [
    ...(withNamespace ? [row.object?.metadata?.namespace ?? ''] : []),
    ...shownColumns.map((column) => String(row.cells[column.index] ?? '')),
  ])
  const widths = head.map((word, index) => Math.max(word.length, ...body.map((row) => row[index]?.length ?? 0)))
  return (
    [head, ...body]
      .map((row) =>
        row
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('   ')
          .trimEnd(),
      )
      .join('\n') + '\n'
  )
}

export const remove = command({
  name: 'delete',
  group: 'Change',
  summary: 'Delete objects and wait until they are gone.',
  effect: 'danger',
  args: [
    { name: 'kind', summary: 'the kind, or KIND/NAME', optional: true },
    { name: 'name', summary: 'the name', optional: true },
  ],
  flags: {
    filename: files,
    namespace: namespaceFlag,
    wait: { type: 'boolean', summary: 'return at once, not when they are gone', default: true },
    timeout: { type: 'text', value: 'SECONDS', summary: 'how long to wait', default: '120' },
  },
  examples: ['drey delete flinkdeployment state-machine', 'drey delete -f examples/state-machine.yaml'],
  run: (context) =>
    withTarget(context, async (target) => {
      const kinds = await discover(target.client)
      const refs = await refsOf(context, kinds, target)
      const uids: { ref: Ref; uid: string }[] = []
      for (const ref of refs) {
        const object = await target.client.get(ref)
        await target.client.remove(ref, { uid: object.metadata.uid ?? '', propagation: 'Background' })
        uids.push({ ref, uid: object.metadata.uid ?? '' })
        context.stdout(`${fullName(ref)} deleted\n`)
      }
      if (context.flags['wait'] === false) return exit.ok
      const until = Date.now() + Number(context.flags['timeout']) * 1000
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
          await pause(realClock, 200, context.signal)
        }
      return exit.ok
    }),
})

const refsOf = async (context: Context, kinds: Kinds, target: Target): Promise<Ref[]> => {
  const list = context.flags['filename'] as string[] | undefined
  if (list && list.length > 0)
    return (await readManifests(list, context.cwd)).map((object) => namespaced(object, kinds, target).ref)
  const [kindWord, slashName] = String(context.args['kind'] ?? '').split('/')
  const name = slashName ?? (context.args['name'] as string | undefined)
  if (!kindWord || !name)
    throw new Problem('USAGE', 'Delete what?', {
      fix: 'drey delete flinkdeployment NAME, or: drey delete -f FILE',
      exitCode: exit.usage,
    })
  const type = kinds.named(kindWord)
  return [{ type, name, ...(type.namespaced ? { namespace: target.namespace } : {}) }]
}
