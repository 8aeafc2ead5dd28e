/**
 * The review resources: nothing is stored, the answer is computed. Access reviews (`kubectl auth can-i`), rules reviews,
 * token reviews, `kubectl auth whoami`, and new tokens for ServiceAccounts.
 */
import type { KubeObject } from '@drey/reconcile'
import type { Extension, RequestInfo, ResourceInfo } from './api-server.ts'
import { ApiError, badRequest, invalid, notFound, required } from './errors.ts'
import type { Attributes, Authorizer, Rule } from './rbac.ts'
import type { BoundObject, ServiceAccountTokens } from './tokens.ts'
import type { ApiRequest, ObjectReply, UserInfo } from './types.ts'

export interface ReviewOptions {
  authorizer: Authorizer
  tokens?: ServiceAccountTokens
  /** users of static tokens, for TokenReview */
  staticUser?(token: string): UserInfo | undefined
  find(
    resource: 'serviceaccounts' | 'pods' | 'secrets' | 'nodes',
    namespace: string,
    name: string,
  ): KubeObject | undefined
}

const resource = (group: string, kind: string, namespaced = false): ResourceInfo => ({
  group,
  version: 'v1',
  resource: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  kind,
  listKind: '',
  shortNames: [],
  categories: [],
  namespaced,
  verbs: ['create'],
  subresources: [],
  origin: 'builtin',
  storage: false,
})

/** For discovery. */
export const reviewResources: readonly ResourceInfo[] = [
  resource('authentication.k8s.io', 'TokenReview'),
  resource('authentication.k8s.io', 'SelfSubjectReview'),
  resource('authorization.k8s.io', 'LocalSubjectAccessReview', true),
  resource('authorization.k8s.io', 'SelfSubjectAccessReview'),
  resource('authorization.k8s.io', 'SelfSubjectRulesReview'),
  resource('authorization.k8s.io', 'SubjectAccessReview'),
]

export const isReview = (info: RequestInfo): boolean =>
  reviewResources.some((known) => known.group === info.group && known.resource === info.resource) ||
  (info.group === '' && info.resource === 'serviceaccounts' && info.subresource === 'token')

export const reviewExtension = (options: ReviewOptions): Extension => ({
  matches: isReview,
  handle: async (request, info) => {
    if (info.verb !== 'create') {
      const error = new ApiError(
        405,
        'MethodNotAllowed',
        'the server does not allow this method on the requested resource',
        {},
      )
      return { status: 405, body: error.status }
    }
    try {
      return { status: 201, body: await answer(request, info, options) }
    } catch (error) {
      if (error instanceof ApiError) return { status: error.status.code, body: error.status }
      throw error
    }
  },
})

type Review = Record<string, unknown> & { spec?: Record<string, unknown> }

const answer = async (request: ApiRequest, info: RequestInfo, options: ReviewOptions): Promise<ObjectReply['body']> => {
  const body = (request.body ?? {}) as Review
  const spec = body.spec ?? {}
  const typed = { metadata: { creationTimestamp: null }, ...body, spec }
  switch (info.resource) {
    case 'serviceaccounts':
      return tokenRequest(typed, info, options)
    case 'tokenreviews':
      return { ...typed, status: await tokenReview(spec, options) }
    case 'selfsubjectreviews':
      return { ...typed, spec: undefined, status: { userInfo: userOf(request.user) } }
    case 'selfsubjectrulesreviews': {
      const namespace = spec['namespace']
      if (typeof namespace !== 'string' || !namespace) throw badRequest('no namespace on request')
      return { ...typed, status: rulesStatus(options.authorizer.rulesFor(request.user, namespace)) }
    }
    case 'selfsubjectaccessreviews':
      return { ...typed, status: verdict(spec, request.user, options) }
    default: {
      const user = { name: String(spec['user'] ?? ''), groups: (spec['groups'] ?? []) as string[] }
      if (!user.name && !user.groups.length)
        throw invalid({ group: info.group, kind: String(body['kind'] ?? '') }, '', [
          required('spec.user', 'at least one of user or group must be specified'),
        ])
      return { ...typed, status: verdict(spec, user, options) }
    }
  }
}

interface ResourceAttributes {
  verb?: string
  group?: string
  resource?: string
  subresource?: string
  namespace?: string
  name?: string
}

const verdict = (spec: Record<string, unknown>, user: UserInfo, options: ReviewOptions): Record<string, unknown> => {
  const wanted = spec['resourceAttributes'] as ResourceAttributes | undefined
  const path = spec['nonResourceAttributes'] as { verb?: string; path?: string } | undefined
  const attributes: Attributes = wanted
    ? {
        user,
        verb: wanted.verb ?? '',
        group: wanted.group ?? '',
        resource: wanted.resource ?? '',
        ...(wanted.subresource ? { subresource: wanted.subresource } : {}),
        ...(wanted.namespace ? { namespace: wanted.namespace } : {}),
        ...(wanted.name ? { name: wanted.name } : {}),
      }
    : { user, verb: path?.verb ?? '', path: path?.path ?? '' }
  const result = options.authorizer.authorize(attributes)
  return result.allowed ? { allowed: true, ...(result.because ? { reason: result.because } : {}) } : { allowed: false }
}

const rulesStatus = (rules: readonly Rule[]): Record<string, unknown> => ({
  resourceRules: rules
    .filter((rule) => rule.resources?.length)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames?.length ? { resourceNames } : {}),
    })),
  nonResourceRules: rules
    .filter((rule) => rule.nonResourceURLs?.length)
    .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
  incomplete: false,
})

const userOf = (user: UserInfo): Record<string, unknown> => ({
  username: user.name,
  ...(user.uid ? { uid: user.uid } : {}),
  groups: user.groups,
  ...(user.extra && Object.keys(user.extra).length ? { extra: user.extra } : {}),
})

const tokenReview = async (spec: Record<string, unknown>, options: ReviewOptions): Promise<Record<string, unknown>> => {
  const token = String(spec['token'] ?? '')
  const fixed = options.staticUser?.(token)
  if (fixed) return { authenticated: true, user: userOf(fixed) }
  const verified = await options.tokens?.verify(token, spec['audiences'] as string[] | undefined)
  if (!verified?.ok) return { user: {}, error: verified?.because ?? 'invalid bearer token' }
  return { authenticated: true, user: userOf(verified.user), audiences: verified.audiences }
}

const tokenRequest = async (
  review: Review,
  info: RequestInfo,
  options: ReviewOptions,
): Promise<ObjectReply['body']> => {
  const namespace = info.namespace ?? ''
  const name = info.name ?? ''
  const account = options.find('serviceaccounts', namespace, name)
  if (!account || !options.tokens) throw notFound({ group: '', resource: 'serviceaccounts' }, name)
  const spec = review.spec ?? {}
  const expirationSeconds = Number(spec['expirationSeconds'] ?? 3600)
  const problem = { group: 'authentication.k8s.io', kind: 'TokenRequest' }
  if (expirationSeconds < 600)
    throw invalid(problem, name, [
      {
        reason: 'FieldValueInvalid',
        field: 'spec.expirationSeconds',
        message: `Invalid value: ${expirationSeconds}: may not specify a duration less than 10 minutes`,
      },
    ])
  const bound = spec['boundObjectRef'] as (Partial<BoundObject> & { kind?: string }) | null | undefined
  const boundTo = bound?.kind ? boundObject(bound, namespace, options) : undefined
  const audiences = (spec['audiences'] as string[] | undefined)?.length
    ? (spec['audiences'] as string[])
    : [options.tokens.issuer]
  const { token, expires } = await options.tokens.issue({
    namespace,
    name,
    uid: account.metadata.uid ?? '',
    audiences,
    expirationSeconds,
    ...(boundTo ? { boundTo } : {}),
  })
  return {
    ...review,
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {
      name,
      namespace,
      creationTimestamp: new Date(expires.getTime() - expirationSeconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
    },
    spec: { ...spec, audiences, expirationSeconds },
    status: { token, expirationTimestamp: expires.toISOString().replace(/\.\d+Z$/, 'Z') },
  }
}

const boundKinds: Record<string, 'pods' | 'secrets' | 'nodes'> = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' }

const boundObject = (bound: Partial<BoundObject>, namespace: string, options: ReviewOptions): BoundObject => {
  const kind = bound.kind ?? ''
  const resourceName = boundKinds[kind]
  if (!resourceName) throw badRequest(`cannot bind token for serviceaccount to object type ${kind}`)
  const found = options.find(resourceName, kind === 'Node' ? '' : namespace, bound.name ?? '')
  if (!found) throw notFound({ group: '', resource: resourceName }, bound.name ?? '')
  if (bound.uid && bound.uid !== found.metadata.uid)
    throw new ApiError(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${resourceName} "${bound.name}": the UID in the bound object reference (${bound.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    )
  const nodeName = (found['spec'] as { nodeName?: string } | undefined)?.nodeName
  return { kind, name: found.metadata.name, uid: found.metadata.uid ?? '', ...(nodeName ? { nodeName } : {}) }
}
