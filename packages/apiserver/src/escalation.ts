/** Nobody may grant rights they do not hold: checked when roles and bindings are written (kubernetes.io, "privilege escalation prevention"). */
import type { KubeObject, Status } from '@drey/reconcile'
import type { ApiServer, RequestInfo } from './api-server.ts'
import { isMaster, missingRules, type Authorizer, type Rule } from './rbac.ts'
import { statusBody } from './respond.ts'
import type { ApiRequest } from './types.ts'

const group = 'rbac.authorization.k8s.io'
const writes = new Set(['create', 'update', 'patch'])

export const escalationCheck =
  (server: ApiServer, authorizer: Authorizer) =>
  async (request: ApiRequest, info: RequestInfo): Promise<Status | undefined> => {
    if (info.group !== group || !writes.has(info.verb) || isMaster(request.user)) return undefined
    const next = await resultOf(server, request, info)
    if (!next) return undefined
    const isRole = info.resource.endsWith('roles')
    const namespace = info.namespace ?? ''
    const ask = (verb: string, resource: string, name: string): boolean =>
      authorizer.authorize({ user: request.user, verb, group, resource, ...(namespace ? { namespace } : {}), name })
        .allowed
    const name = next.metadata?.name ?? info.name ?? ''
    if (isRole && ask('escalate', info.resource, name)) return undefined
    const ref = next['roleRef'] as { kind: string; name: string } | undefined
    if (!isRole && ref && ask('bind', ref.kind === 'ClusterRole' ? 'clusterroles' : 'roles', ref.name)) return undefined

    const granted = isRole ? rulesWritten(next) : ref && authorizer.rulesOf(ref, namespace)
    if (!isRole && ref && !granted)
      return statusBody(
        404,
        'NotFound',
        `${ref.kind === 'ClusterRole' ? 'clusterroles' : 'roles'}.${group} "${ref.name}" not found`,
        {
          name: ref.name,
          group,
          kind: ref.kind === 'ClusterRole' ? 'clusterroles' : 'roles',
        },
      )
    const missing = missingRules(authorizer.rulesFor(request.user, namespace), granted ?? [])
    if (!missing.length) return undefined
    const groups = request.user.groups.map((g) => JSON.stringify(g)).join(' ')
    return statusBody(
      403,
      'Forbidden',
      `${info.resource}.${group} "${name}" is forbidden: user "${request.user.name}" (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${[...new Set(missing.map(shown))].join('\n')}`,
      { name, group, kind: info.resource },
    )
  }

/** The object as it would be stored: a patch is tried without committing it. A refused write is left to the real one to report. */
const resultOf = async (server: ApiServer, request: ApiRequest, info: RequestInfo): Promise<KubeObject | undefined> => {
  if (info.verb !== 'patch') return request.body as KubeObject | undefined
  const query = new URLSearchParams(request.query)
  query.set('dryRun', 'All')
  const reply = await server.handle({ ...request, query })
  return 'body' in reply && reply.status < 300 ? (reply.body as KubeObject) : undefined
}

/** An aggregating role may come to hold anything. */
const rulesWritten = (role: KubeObject): readonly Rule[] =>
  role['aggregationRule']
    ? [
        { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
        { verbs: ['*'], nonResourceURLs: ['*'] },
      ]
    : ((role['rules'] as Rule[] | null | undefined) ?? [])

const shown = (rule: Rule): string => {
  const parts: [string, readonly string[] | undefined][] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['ResourceNames', rule.resourceNames],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['Verbs', rule.verbs],
  ]
  return `{${parts.flatMap(([name, values]) => (values?.length ? [`${name}:[${values.map((v) => JSON.stringify(v)).join(', ')}]`] : [])).join(', ')}}`
}
