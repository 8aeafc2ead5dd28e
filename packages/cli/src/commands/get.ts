/** `drey get`: lists or shows objects, once or as they change. */
import { KubeError, pathOf, type KubeObject, type ResourceType } from '@drey/reconcile'
import type { KubeClient } from '@drey/kube'
import { command, exit, type Context } from '../command.ts'
import { discover } from '../kinds.ts'
import { kindOf, shown, type Typed } from '../shown.ts'
import { printedTable, type Table } from '../table.ts'
import { lookOf as lookOfTerminal } from '../look/words.ts'
import type { Target } from '../target.ts'
import { allNamespacesFlag, namespaceFlag, selectorFlag, wanted, withTarget } from './objects.ts'

export const get = command({
  name: 'get',
  group: 'Look',
  summary: 'List or show objects.',
  effect: 'read',
  needs: [
    { verb: 'get', resource: '*' },
    { verb: 'list', resource: '*' },
    { verb: 'watch', resource: '*', optional: true },
  ],
  args: [
    {
      name: 'kind',
      summary: 'flinkdeployments (default), pods, services …, several with commas; or KIND/NAME',
      optional: true,
    },
    { name: 'name', summary: 'some of them', optional: true, rest: true },
  ],
  flags: {
    namespace: namespaceFlag,
    allNamespaces: allNamespacesFlag,
    output: {
      type: 'text',
      short: 'o',
      value: 'FORM',
      summary: 'json, yaml, name, wide, jsonpath=TEMPLATE or custom-columns=HEAD:PATH,…',
    },
    selector: selectorFlag,
    fieldSelector: { type: 'text', value: 'FIELDS', summary: 'field selector: metadata.name=x' },
    watch: { type: 'boolean', short: 'w', summary: 'go on and print what changes' },
  },
  examples: ['drey get', 'drey get pods -w', 'drey get flinkdeployment state-machine -o yaml'],
  run: (context) =>
    withTarget(context, async (target) => {
      const kinds = await discover(target.client)
      const words = [context.args['kind'] ?? [], context.args['name'] ?? []].flat()
      const requests = wanted(words, kinds, 'flinkdeployments').flatMap(({ type, names }) =>
        (names.length > 0 ? names : [undefined]).map((name) => requestOf(context, target, type, name)),
      )
      if (context.flags['watch']) return follow(context, target, requests)
      const output = context.flags['output'] as string | undefined
      return output && output !== 'wide'
        ? documents(context, target, requests, output)
        : tables(context, target, requests)
    }),
})

interface Request {
  type: ResourceType
  name: string | undefined
  namespace: string | undefined
  path: string
  query: Record<string, string>
}

const requestOf = (context: Context, target: Target, type: ResourceType, name: string | undefined): Request => {
  const namespace = type.namespaced && !context.flags['allNamespaces'] ? target.namespace : undefined
  const { selector, fieldSelector } = context.flags
  return {
    type,
    name,
    namespace,
    path: pathOf(type, { namespace, ...(name ? { name } : {}) }),
    query: {
      ...(typeof selector === 'string' ? { labelSelector: selector } : {}),
      ...(typeof fieldSelector === 'string' ? { fieldSelector } : {}),
    },
  }
}

const documents = async (
  context: Context,
  target: Target,
  requests: readonly Request[],
  output: string,
): Promise<number> => {
  const found: Typed[] = []
  for (const { path, query, type } of requests) {
    const body = await target.client.send<KubeObject & { items?: KubeObject[] }>({ method: 'GET', path, query })
    found.push(...(body.items ?? [body]).map((object) => ({ object, type })))
  }
  context.stdout(await shown(found, requests.length !== 1 || requests[0]?.name === undefined, output))
  return exit.ok
}

const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

const tables = async (context: Context, target: Target, requests: readonly Request[]): Promise<number> => {
  const groups = mergedByKind(
    await Promise.all(requests.map(async (r) => ({ r, table: await tableOf(target.client, r) }))),
  )
  const filled = groups.filter(({ table }) => table.rows.length > 0)
  if (filled.length === 0) {
    const [{ r } = { r: undefined }] = groups
    context.stderr(`No ${groups.length === 1 ? r?.type.resource : 'objects'} in ${r?.namespace ?? 'any namespace'}.\n`)
    return exit.ok
  }
  const text = filled.map(({ r, table }) => printedTable(table, lookOf(context, r, groups.length > 1)).text)
  context.stdout(text.join('\n'))
  return exit.ok
}

/** Several names of one kind make one table. */
const mergedByKind = (all: readonly { r: Request; table: Table }[]): { r: Request; table: Table }[] => {
  const byKind = new Map<ResourceType, { r: Request; table: Table }>()
  for (const { r, table } of all) {
    const known = byKind.get(r.type)
    if (known) known.table = { ...known.table, rows: [...known.table.rows, ...table.rows] }
    else byKind.set(r.type, { r, table })
  }
  return [...byKind.values()]
}

const lookOf = (context: Context, { type, namespace }: Request, severalKinds: boolean) => ({
  wide: context.flags['output'] === 'wide',
  withNamespace: type.namespaced && namespace === undefined,
  ...widthOf(context.env),
  ...(severalKinds ? { prefix: `${kindOf(type)}/` } : {}),
})

/** Only a terminal's lines have an end. */
const widthOf = (env: NodeJS.ProcessEnv): { columns?: number } => {
  const { columns } = lookOfTerminal(0, env)
  return columns === undefined ? {} : { columns }
}

const tableOf = async (client: KubeClient, { path, query }: Request): Promise<Table> => {
  const body = await client.send<Table | { items?: KubeObject[] }>({ method: 'GET', path, query, accept: asTable })
  if ('rows' in body) return body
  const items = body.items ?? [body as unknown as KubeObject]
  return {
    columnDefinitions: [{ name: 'Name', priority: 0 }],
    rows: items.map((item) => ({ cells: [item.metadata.name], object: item as never })),
  }
}

/** First what is there, then a line for every change until Ctrl-C. */
const follow = async (context: Context, target: Target, requests: readonly Request[]): Promise<number> => {
  const output = context.flags['output'] as string | undefined
  const asDocuments = output !== undefined && output !== 'wide'
  await Promise.all(
    requests.map(async (r) => {
      const base = pathOf(r.type, { namespace: r.namespace })
      const query = r.name === undefined ? r.query : { ...r.query, fieldSelector: `metadata.name=${r.name}` }
      // A single object that is not there is an error, not an endless wait.
      if (r.name !== undefined) await target.client.send({ method: 'GET', path: r.path })
      let widths: readonly number[] | undefined
      let columnDefinitions: Table['columnDefinitions'] = []
      const events = target.client.transport.watch({
        method: 'GET',
        path: base,
        query: { ...query, watch: 'true' },
        ...(asDocuments ? {} : { accept: asTable }),
        signal: context.signal,
      })
      for await (const { type, object } of events) {
        if (type === 'BOOKMARK') continue
        if (type === 'ERROR')
          throw new KubeError((object as { code?: number }).code ?? 500, object as object, `watch ${base}`)
        if (asDocuments) {
          context.stdout(`${output === 'yaml' ? '---\n' : ''}${await shown([{ object, type: r.type }], false, output)}`)
          continue
        }
        const table = object as unknown as Partial<Table>
        if (table.columnDefinitions?.length) columnDefinitions = table.columnDefinitions
        const printed = printedTable(
          { columnDefinitions, rows: table.rows ?? [] },
          { ...lookOf(context, r, requests.length > 1), ...(widths ? { widths } : {}) },
        )
        widths = printed.widths
        context.stdout(printed.text)
      }
    }),
  )
  return context.signal.aborted ? exit.interrupted : exit.ok
}
