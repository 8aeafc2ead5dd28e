/** Role-based access control: may this user do this? Evaluates the stored roles and bindings; denies what none allows. */
import type { KubeObject } from '@drey/reconcile'
import type { UserInfo } from './types.ts'

/** One question. Either a resource (`resource` set) or a path. */
export interface Attributes {
  user: UserInfo
  verb: string
  group?: string
  resource?: string
  subresource?: string
  namespace?: string
  name?: string
  path?: string
}

export interface Rule {
  verbs: readonly string[]
  apiGroups?: readonly string[]
  resources?: readonly string[]
  resourceNames?: readonly string[]
  nonResourceURLs?: readonly string[]
}

export type Verdict = { allowed: true; because: string } | { allowed: false }

export interface Authorizer {
  authorize(attributes: Attributes): Verdict
  /** every rule the user has in the namespace, cluster-wide ones included */
  rulesFor(user: UserInfo, namespace: string): readonly Rule[]
  /** the rules of a Role or ClusterRole, aggregation included; nothing when it does not exist */
  rulesOf(ref: { kind: string; name: string }, namespace: string): readonly Rule[] | undefined
}

/** Where roles and bindings are read from. `revision` changes whenever any of them does. */
export interface RbacObjects {
  list(resource: 'roles' | 'rolebindings' | 'clusterroles' | 'clusterrolebindings'): readonly KubeObject[]
  revision(): number
}

/** Members of `system:masters` may do everything, whatever the roles say. */
export const isMaster = (user: UserInfo): boolean => user.groups.includes('system:masters')

export const rbacAuthorizer = (objects: RbacObjects): Authorizer => {
  let index: Index | undefined
  let indexed = -1
  const current = (): Index => {
    if (!index || indexed !== objects.revision()) {
      indexed = objects.revision()
      index = indexOf(objects)
    }
    return index
  }
  const grants = (user: UserInfo, namespace: string | undefined): Grant[] => {
    const { bySubject } = current()
    return subjectKeys(user)
      .flatMap((key) => bySubject.get(key) ?? [])
      .filter((grant) => grant.namespace === undefined || grant.namespace === namespace)
  }
  const rulesOf = (ref: { kind: string; name: string }, namespace: string): readonly Rule[] | undefined =>
    current().roles.get(ref.kind === 'ClusterRole' ? ref.name : `${namespace}/${ref.name}`)

  return {
    authorize: (attributes) => {
      if (isMaster(attributes.user)) return { allowed: true, because: '' }
      const namespace = attributes.path === undefined ? attributes.namespace : undefined
      for (const grant of grants(attributes.user, namespace)) {
        const rules = rulesOf(grant.role, grant.namespace ?? '')
        if (rules?.some((rule) => allows(rule, attributes))) return { allowed: true, because: grant.because }
      }
      return { allowed: false }
    },
    rulesFor: (user, namespace) =>
      isMaster(user)
        ? [everything, everyPath]
        : grants(user, namespace).flatMap((grant) => rulesOf(grant.role, grant.namespace ?? '') ?? []),
    rulesOf,
  }
}

const everything: Rule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }
const everyPath: Rule = { verbs: ['*'], nonResourceURLs: ['*'] }

interface Grant {
  /** absent: the whole cluster */
  namespace?: string
  role: { kind: string; name: string }
  because: string
}
interface Index {
  bySubject: Map<string, Grant[]>
  /** cluster roles by name, roles by `namespace/name` */
  roles: Map<string, readonly Rule[]>
}

interface Subject {
  kind: string
  name: string
  namespace?: string
}

const indexOf = (objects: RbacObjects): Index => {
  const roles = new Map<string, readonly Rule[]>()
  const clusterRoles = objects.list('clusterroles')
  for (const role of clusterRoles) roles.set(role.metadata.name, aggregated(role, clusterRoles))
  for (const role of objects.list('roles')) roles.set(`${role.metadata.namespace}/${role.metadata.name}`, rulesIn(role))

  const bySubject = new Map<string, Grant[]>()
  const add = (binding: KubeObject): void => {
    const ref = binding['roleRef'] as { kind: string; name: string } | undefined
    if (!ref) return
    const { name, namespace } = binding.metadata
    for (const subject of (binding['subjects'] ?? []) as Subject[]) {
      const key = subjectKey(subject, namespace)
      const grant: Grant = {
        ...(namespace ? { namespace } : {}),
        role: ref,
        because: `RBAC: allowed by ${binding.kind} "${namespace ? `${name}/${namespace}` : name}" of ${ref.kind} "${ref.name}" to ${shownSubject(subject, namespace)}`,
      }
      const known = bySubject.get(key)
      if (known) known.push(grant)
      else bySubject.set(key, [grant])
    }
  }
  objects.list('clusterrolebindings').forEach(add)
  objects.list('rolebindings').forEach(add)
  return { bySubject, roles }
}

const subjectKey = (subject: Subject, namespace: string | undefined): string => {
  if (subject.kind === 'Group') return `group ${subject.name}`
  if (subject.kind === 'ServiceAccount')
    return `user system:serviceaccount:${subject.namespace ?? namespace ?? ''}:${subject.name}`
  return `user ${subject.name}`
}
const shownSubject = (subject: Subject, namespace: string | undefined): string =>
  subject.kind === 'ServiceAccount'
    ? `ServiceAccount "${subject.name}/${subject.namespace ?? namespace ?? ''}"`
    : `${subject.kind} "${subject.name}"`
const subjectKeys = (user: UserInfo): string[] => [`user ${user.name}`, ...user.groups.map((group) => `group ${group}`)]

const rulesIn = (role: KubeObject): readonly Rule[] => (role['rules'] as Rule[] | null | undefined) ?? []

interface LabelSelector {
  matchLabels?: Record<string, string>
}

/** An aggregating role has the rules of every cluster role its label selectors choose; chains are followed. */
const aggregated = (role: KubeObject, all: readonly KubeObject[], seen = new Set<string>()): readonly Rule[] => {
  const selectors = (role['aggregationRule'] as { clusterRoleSelectors?: LabelSelector[] } | undefined)
    ?.clusterRoleSelectors
  if (!selectors || seen.has(role.metadata.name)) return rulesIn(role)
  seen.add(role.metadata.name)
  const chosen = all.filter((other) =>
    selectors.some((selector) => {
      const wanted = Object.entries(selector.matchLabels ?? {})
      return wanted.length > 0 && wanted.every(([key, value]) => other.metadata.labels?.[key] === value)
    }),
  )
  return chosen.flatMap((other) => aggregated(other, all, seen))
}

/** Does one rule allow it? */
export const allows = (rule: Rule, asked: Omit<Attributes, 'user'>): boolean => {
  if (!has(rule.verbs, asked.verb)) return false
  if (asked.path !== undefined) return (rule.nonResourceURLs ?? []).some((url) => pathMatches(url, asked.path!))
  const resource = asked.subresource ? `${asked.resource}/${asked.subresource}` : (asked.resource ?? '')
  return (
    has(rule.apiGroups ?? [], asked.group ?? '') &&
    (has(rule.resources ?? [], resource) ||
      (asked.subresource !== undefined && (rule.resources ?? []).includes(`*/${asked.subresource}`))) &&
    (!rule.resourceNames?.length || (asked.name !== undefined && rule.resourceNames.includes(asked.name)))
  )
}

const has = (list: readonly string[], wanted: string): boolean => list.includes('*') || list.includes(wanted)
const pathMatches = (url: string, path: string): boolean =>
  url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1)))

/** The parts of `wanted` that `owned` does not cover: what a user would gain by handing out such a role. */
export const missingRules = (owned: readonly Rule[], wanted: readonly Rule[]): Rule[] =>
  wanted.flatMap(singleRules).filter((single) => !owned.some((rule) => covers(rule, single)))

/** A rule as its smallest parts: one verb, one group, one resource, one name. */
const singleRules = (rule: Rule): Rule[] =>
  rule.verbs.flatMap((verb) => [
    ...(rule.nonResourceURLs ?? []).map((url): Rule => ({ verbs: [verb], nonResourceURLs: [url] })),
    ...(rule.apiGroups ?? []).flatMap((group) =>
      (rule.resources ?? []).flatMap((resource): Rule[] =>
        rule.resourceNames?.length
          ? rule.resourceNames.map((name) => ({
              verbs: [verb],
              apiGroups: [group],
              resources: [resource],
              resourceNames: [name],
            }))
          : [{ verbs: [verb], apiGroups: [group], resources: [resource] }],
      ),
    ),
  ])

const covers = (rule: Rule, single: Rule): boolean => {
  if (!has(rule.verbs, single.verbs[0]!)) return false
  const url = single.nonResourceURLs?.[0]
  if (url !== undefined) return (rule.nonResourceURLs ?? []).some((known) => known === url || pathMatches(known, url))
  const resource = single.resources![0]!
  const slash = resource.indexOf('/')
  return (
    has(rule.apiGroups ?? [], single.apiGroups![0]!) &&
    (has(rule.resources ?? [], resource) ||
      (slash > 0 && (rule.resources ?? []).includes(`*${resource.slice(slash)}`))) &&
    (!rule.resourceNames?.length ||
      (single.resourceNames !== undefined && rule.resourceNames.includes(single.resourceNames[0]!)))
  )
}
