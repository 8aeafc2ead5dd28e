/** The gate in front of the API: authentication, impersonation, authorisation, and no handing out of rights one lacks. */
import type { IncomingMessage } from 'node:http'
import type { Status } from '@drey/reconcile'
import type { ApiServer, RequestInfo } from './api-server.ts'
import { anonymous, authenticator, type StaticToken } from './auth.ts'
import { rbacAuthorizer, type Attributes, type Authorizer } from './rbac.ts'
import { escalationCheck } from './escalation.ts'
import { statusBody } from './respond.ts'
import { reviewExtension } from './reviews.ts'
import { findObject, rbacObjects } from './stored.ts'
import type { ServiceAccountTokens } from './tokens.ts'
import type { ApiRequest, UserInfo } from './types.ts'

export interface AccessOptions {
  tokens?: readonly StaticToken[]
  serviceAccounts?: ServiceAccountTokens
  /** default `rbac`; `always` lets every authenticated user do everything */
  authorize?: 'rbac' | 'always'
  /** asked when RBAC refuses: true lets the request pass all the same. For homes that report missing rights instead of enforcing them. */
  tolerate?(refused: Attributes): boolean
}

export interface Guard {
  /** the user, or the 401 or 403 that refuses the request */
  admit(
    request: IncomingMessage,
    method: string,
    path: string,
    info: RequestInfo | undefined,
    query: URLSearchParams,
  ): Promise<{ user: UserInfo } | Status>
  /** the 403 for a role or binding that grants more than its author has */
  escalates(request: ApiRequest, info: RequestInfo): Promise<Status | undefined>
}

/** Builds the gate and registers the review resources with the server. */
export const guard = (server: ApiServer, options: AccessOptions): Guard => {
  const authenticate = authenticator(options)
  const authorizer: Authorizer = rbacAuthorizer(rbacObjects(server))
  const open = options.authorize === 'always'
  const allowed = (attributes: Attributes): boolean =>
    authorizer.authorize(attributes).allowed || (open && attributes.user.name !== anonymous.name)
  server.extend(
    reviewExtension({
      authorizer: open ? { ...authorizer, authorize: () => ({ allowed: true, because: '' }) } : authorizer,
      ...(options.serviceAccounts ? { tokens: options.serviceAccounts } : {}),
      staticUser: (token) => options.tokens?.find((known) => known.token === token)?.user,
      find: findObject(server),
    }),
  )
  const escalates = escalationCheck(server, authorizer)

  return {
    admit: async (request, method, path, info, query) => {
      const known = await authenticate(request)
      if (!known) return statusBody(401, 'Unauthorized', 'Unauthorized')
      const user = impersonated(request, known, allowed)
      if ('status' in user) return user
      const attributes = attributesOf(user, method, path, info, query)
      return allowed(attributes) || options.tolerate?.(attributes) ? { user } : refusal(attributes)
    },
    escalates: async (request, info) => (open ? undefined : escalates(request, info)),
  }
}

/** What authorisation is asked about a request. A list by `metadata.name` counts as one of that name, as in Kubernetes. */
export const attributesOf = (
  user: UserInfo,
  method: string,
  path: string,
  info: RequestInfo | undefined,
  query: URLSearchParams,
): Attributes => {
  if (!info) return { user, verb: method === 'HEAD' ? 'get' : method.toLowerCase(), path }
  const name = info.name ?? nameInSelector(query)
  const namespace = info.namespace ?? (info.group === '' && info.resource === 'namespaces' ? info.name : undefined)
  return {
    user,
    verb: info.verb,
    group: info.group,
    resource: info.resource,
    ...(info.subresource ? { subresource: info.subresource } : {}),
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
  }
}

const nameInSelector = (query: URLSearchParams): string | undefined =>
  /(?:^|,)metadata\.name==?([^,]+)/.exec(query.get('fieldSelector') ?? '')?.[1]

/** The 403 in the API server's wording. */
export const refusal = ({
  user,
  verb,
  group = '',
  resource = '',
  subresource,
  namespace,
  name,
  path,
}: Attributes): Status => {
  if (path !== undefined)
    return statusBody(403, 'Forbidden', `forbidden: User "${user.name}" cannot ${verb} path "${path}"`, {})
  const qualified = group ? `${resource}.${group}` : resource
  const what = name ? `${qualified} "${name}"` : qualified
  const where = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope'
  return statusBody(
    403,
    'Forbidden',
    `${what} is forbidden: User "${user.name}" cannot ${verb} resource "${subresource ? `${resource}/${subresource}` : resource}" in API group "${group}" ${where}`,
    { ...(name ? { name } : {}), ...(group ? { group } : {}), kind: resource },
  )
}

/** `kubectl --as`: the user becomes another one, if allowed to impersonate each part of the other. */
const impersonated = (
  request: IncomingMessage,
  user: UserInfo,
  allowed: (attributes: Attributes) => boolean,
): UserInfo | Status => {
  const name = request.headers['impersonate-user'] as string | undefined
  if (!name) return user
  const groups = headerValues(request, 'impersonate-group')
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name)
  const needs: Attributes[] = [
    account
      ? { user, verb: 'impersonate', group: '', resource: 'serviceaccounts', namespace: account[1]!, name: account[2]! }
      : { user, verb: 'impersonate', group: '', resource: 'users', name },
    ...groups.map((group): Attributes => ({ user, verb: 'impersonate', group: '', resource: 'groups', name: group })),
  ]
  const missing = needs.find((need) => !allowed(need))
  if (missing) return refusal(missing)
  const implied = account ? ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`] : []
  const all = [...(groups.length ? groups : implied)]
  if (name !== anonymous.name && !all.includes('system:authenticated')) all.push('system:authenticated')
  return { name, groups: name === anonymous.name ? anonymous.groups : all }
}

/** Node joins repeated headers with commas, which group names may contain; the raw list keeps them apart. */
const headerValues = (request: IncomingMessage, name: string): string[] => {
  const values: string[] = []
  for (let index = 0; index < request.rawHeaders.length; index += 2)
    if (request.rawHeaders[index]!.toLowerCase() === name) values.push(request.rawHeaders[index + 1]!)
  return values
}
