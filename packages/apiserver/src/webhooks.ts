/**
 * Admission webhooks: mutating ones in order of their names, again where they ask for it and something changed, then the
 * validating ones. What is asked, and what an answer does, follows the real server's dispatcher.
 */
import type { KubeObject } from '@drey/reconcile'
import type { Admission, CallWebhook, Reviewed, WebhookClientConfig } from './admission.ts'
import { ApiError } from './errors.ts'
import { equalJson } from './json.ts'
import { randomUid } from './kinds/random.ts'
import { applyJsonPatch } from './patch/json.ts'
import { objectSelector } from './selectors.ts'
import type { Store } from './store.ts'

export interface WebhookOptions {
  store: Store
  call: CallWebhook
  random: () => number
}

type Operation = 'CREATE' | 'UPDATE' | 'DELETE'
type Json = Record<string, any>

interface Hook {
  name: string
  type: 'mutating' | 'validating'
  configuration: string
  clientConfig: WebhookClientConfig
  rules: { apiGroups?: string[]; apiVersions?: string[]; resources?: string[]; operations?: string[]; scope?: string }[]
  failurePolicy: 'Fail' | 'Ignore'
  sideEffects: string
  timeoutSeconds: number
  reinvocationPolicy?: string
  namespaceSelector?: Json
  objectSelector?: Json
}

interface Asked {
  write: Reviewed
  operation: Operation
  object: KubeObject | undefined
  old: KubeObject | undefined
}

const group = 'admissionregistration.k8s.io'
const buckets = {
  mutating: `mutatingwebhookconfigurations.${group}`,
  validating: `validatingwebhookconfigurations.${group}`,
} as const

export const createWebhooks = ({ store, call, random }: WebhookOptions): Admission => {
  const hooksOf = (type: Hook['type']): Hook[] =>
    store.list(buckets[type]).flatMap((configuration) =>
      ((configuration['webhooks'] ?? []) as Json[]).map((hook) => ({
        ...(hook as unknown as Hook),
        type,
        configuration: configuration.metadata.name,
      })),
    )

  const concerns = (hook: Hook, asked: Asked): boolean =>
    hook.rules.some((rule) => ruleMatches(rule, asked)) &&
    selectsNamespace(store, hook, asked) &&
    selectsObject(hook, asked)

  const review: Admission['review'] = (write, operation, object, old) => {
    // nobody may be locked out of the configurations themselves
    if (write.kind.group === group) return undefined
    const asked: Asked = { write, operation, object, old }
    const mutating = hooksOf('mutating').filter((hook) => concerns(hook, asked))
    const validating = hooksOf('validating').filter((hook) => concerns(hook, asked))
    return mutating.length || validating.length ? run(asked, mutating, validating) : undefined
  }

  const run = async (asked: Asked, mutating: readonly Hook[], validating: readonly Hook[]): Promise<KubeObject> => {
    let object = asked.object
    const seen = new Map<Hook, KubeObject | undefined>()
    for (const hook of mutating) {
      object = await ask(hook, { ...asked, object })
      seen.set(hook, object)
    }
    for (const hook of mutating)
      if (hook.reinvocationPolicy === 'IfNeeded' && !equalJson(seen.get(hook), object))
        object = await ask(hook, { ...asked, object })
    await Promise.all(validating.map((hook) => ask(hook, { ...asked, object })))
    return (object ?? asked.old)!
  }

  /** The object after one webhook. */
  const ask = async (hook: Hook, asked: Asked): Promise<KubeObject | undefined> => {
    const { write } = asked
    if (write.options.dryRun && !['None', 'NoneOnDryRun'].includes(hook.sideEffects))
      throw new ApiError(400, 'BadRequest', `admission webhook ${JSON.stringify(hook.name)} does not support dry run`)
    const uid = randomUid(random)
    let answer: Json
    try {
      const reply = await call(
        hook.clientConfig,
        { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request: requestOf(asked, uid) },
        (hook.timeoutSeconds ?? 10) * 1000,
      )
      answer = reply['response'] as Json
      if (!answer || answer['uid'] !== uid)
        throw new Error(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(answer?.['uid'] ?? '')}`)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      if (hook.failurePolicy === 'Ignore') return asked.object
      const message = `failed calling webhook ${JSON.stringify(hook.name)}: failed to call webhook: ${why}`
      throw new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
    }
    for (const warning of (answer['warnings'] ?? []) as string[]) write.warnings.push(warning)
    if (!answer['allowed']) throw refusal(hook, answer)
    if (hook.type === 'validating' || !answer['patch'] || !asked.object) return asked.object
    return applyJsonPatch(
      asked.object,
      JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(answer['patch'] as string), (c) => c.charCodeAt(0)))),
    )
  }

  return { review }
}

const refusal = (hook: Hook, answer: Json): ApiError => {
  const { code, reason, message, details } = (answer['status'] ?? {}) as Json
  const why = message ? `: ${message}` : reason ? `: ${reason}` : ' without explanation'
  const refused = new ApiError(
    (code as number | undefined) ?? 403,
    (reason as string | undefined) ?? (code ? '' : 'Forbidden'),
    `admission webhook ${JSON.stringify(hook.name)} denied the request${why}`,
    details,
  )
  return refused
}

const requestOf = ({ write, operation, object, old }: Asked, uid: string): Json => {
  const { kind, namespace, subresource, user } = write
  const gvk = { group: kind.group, version: kind.version, kind: kind.kind }
  const gvr = { group: kind.group, version: kind.version, resource: kind.resource }
  return {
    uid,
    kind: gvk,
    resource: gvr,
    ...(subresource ? { subResource: subresource } : {}),
    requestKind: gvk,
    requestResource: gvr,
    ...(subresource ? { requestSubResource: subresource } : {}),
    name: object?.metadata.name ?? old?.metadata.name ?? write.name ?? '',
    ...(kind.namespaced && namespace
      ? { namespace }
      : kind.bucket === 'namespaces'
        ? { namespace: object?.metadata.name ?? old?.metadata.name }
        : {}),
    operation,
    userInfo: {
      username: user.name,
      ...(user.uid ? { uid: user.uid } : {}),
      groups: user.groups,
      ...(user.extra ? { extra: user.extra } : {}),
    },
    object: object ?? null,
    oldObject: old ?? null,
    dryRun: write.options.dryRun,
    options: { kind: `${operation[0]}${operation.slice(1).toLowerCase()}Options`, apiVersion: 'meta.k8s.io/v1' },
  }
}

const ruleMatches = (rule: Hook['rules'][number], { write: { kind, subresource }, operation }: Asked): boolean => {
  const covers = (list: readonly string[] | undefined, one: string): boolean =>
    !!list && (list.includes('*') || list.includes(one))
  const full = subresource ? `${kind.resource}/${subresource}` : kind.resource
  const resource = (rule.resources ?? []).some(
    (one) =>
      one === full ||
      one === '*/*' ||
      (one === '*' && !subresource) ||
      (subresource && (one === `${kind.resource}/*` || one === `*/${subresource}`)),
  )
  const scope = !rule.scope || rule.scope === '*' || (rule.scope === 'Namespaced') === kind.namespaced
  return (
    covers(rule.apiGroups, kind.group) &&
    covers(rule.apiVersions, kind.version) &&
    covers(rule.operations, operation) &&
    resource &&
    scope
  )
}

const isEmpty = (selector: Json | undefined): boolean =>
  !selector || (!Object.keys(selector['matchLabels'] ?? {}).length && !selector['matchExpressions']?.length)

const selectsNamespace = (store: Store, hook: Hook, { write, object, old }: Asked): boolean => {
  if (isEmpty(hook.namespaceSelector)) return true
  if (write.kind.bucket === 'namespaces')
    return objectSelector(hook.namespaceSelector)((object ?? old)?.metadata.labels)
  if (!write.kind.namespaced) return true
  return objectSelector(hook.namespaceSelector)(store.get('namespaces', write.namespace ?? '')?.metadata.labels)
}

/** An object counts when its new or its old state is selected. */
const selectsObject = (hook: Hook, { object, old }: Asked): boolean => {
  if (isEmpty(hook.objectSelector)) return true
  const matches = objectSelector(hook.objectSelector)
  return (
    (object !== undefined && matches(object.metadata.labels)) || (old !== undefined && matches(old.metadata.labels))
  )
}
