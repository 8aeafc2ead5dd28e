/** Pods: defaults, what the real server's admission adds, what an update may change, and leaving in two steps. */
import type { KubeObject } from '@drey/reconcile'
import { forbidden, forbiddenField, type Cause } from '../errors.ts'
import { copyJson, equalJson } from '../json.ts'
import { keyFor } from '../store.ts'
import { podSpecDefaults } from './pod-defaults.ts'
import { amount, validatePodSpec } from './pod-validation.ts'
import { randomSuffix } from './random.ts'
import type { Draft, Strategy, WriteContext } from './strategy.ts'

type Json = Record<string, any>
const accountPath = '/var/run/secrets/kubernetes.io/serviceaccount'

export const pods: Strategy = {
  status: true,
  generation: true,
  defaults(draft) {
    const spec: Json = (draft['spec'] ??= {})
    podSpecDefaults(spec)
    spec['enableServiceLinks'] ??= true
    for (const container of [...(spec['initContainers'] ?? []), ...(spec['containers'] ?? [])])
      requestsFromLimits(container.resources)
  },
  statusDefaults(draft) {
    const status: Json = (draft['status'] ??= {})
    if (status['podIP'] && status['podIPs']?.[0]?.ip !== status['podIP']) status['podIPs'] = [{ ip: status['podIP'] }]
    else if (!status['podIP'] && status['podIPs']?.length) status['podIP'] = status['podIPs'][0].ip
    for (const condition of status['conditions'] ?? []) {
      condition.lastProbeTime ??= null
      condition.lastTransitionTime ??= null
    }
  },
  create(draft, context) {
    const spec: Json = draft['spec']
    admitAccount(draft, spec, context)
    admitPriority(spec, context)
    admitTolerations(spec)
    draft['status'] = { phase: 'Pending', qosClass: qosOf(spec) }
  },
  update(draft, old) {
    const qosClass = (old['status'] as Json | undefined)?.['qosClass']
    if (qosClass) draft['status'] = { ...draft['status'], qosClass }
  },
  validate(draft, old) {
    return old ? validateUpdate(draft, old) : validatePodSpec(draft['spec'] ?? {}, 'spec')
  },
  grace(pod, requested) {
    const spec = (pod['spec'] ?? {}) as Json
    const phase = (pod['status'] as Json | undefined)?.['phase']
    // nobody is there to end it: not yet placed, or over
    if (!spec['nodeName'] || phase === 'Failed' || phase === 'Succeeded') return 0
    const seconds = requested ?? spec['terminationGracePeriodSeconds'] ?? 30
    return seconds < 0 ? 1 : seconds
  },
}

const requestsFromLimits = (resources: Json | undefined): void => {
  for (const name of Object.keys(resources?.['limits'] ?? {})) {
    resources!['requests'] ??= {}
    resources!['requests'][name] ??= resources!['limits'][name]
  }
}

/** The ServiceAccount plug-in: a pod runs as an account that exists and sees its token. */
const admitAccount = (draft: Draft, spec: Json, { store, random }: WriteContext): void => {
  spec['serviceAccountName'] ??= 'default'
  spec['serviceAccount'] = spec['serviceAccountName']
  const { namespace } = draft.metadata
  const account = store.get('serviceaccounts', keyFor(namespace, spec['serviceAccountName']))
  if (!account)
    throw forbidden(
      { group: '', resource: 'pods' },
      draft.metadata.name ?? '',
      `error looking up service account ${namespace}/${spec['serviceAccountName']}: serviceaccount "${spec['serviceAccountName']}" not found`,
    )
  if (account['imagePullSecrets'] && !spec['imagePullSecrets']?.length)
    spec['imagePullSecrets'] = copyJson(account['imagePullSecrets'])
  if (!(spec['automountServiceAccountToken'] ?? account['automountServiceAccountToken'] ?? true)) return
  const containers: Json[] = [...(spec['initContainers'] ?? []), ...(spec['containers'] ?? [])]
  const missing = containers.filter(
    (one) => !(one['volumeMounts'] ?? []).some((mount: Json) => mount['mountPath'] === accountPath),
  )
  if (!missing.length) return
  const known = (spec['volumes'] ?? []).find((volume: Json) => String(volume['name']).startsWith('kube-api-access-'))
  const name = known?.name ?? `kube-api-access-${randomSuffix(random)}`
  if (!known) (spec['volumes'] ??= []).push(accessVolume(name))
  for (const container of missing)
    (container['volumeMounts'] ??= []).push({ name, readOnly: true, mountPath: accountPath })
}

const accessVolume = (name: string): Json => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
    defaultMode: 420,
  },
})

const admitPriority = (spec: Json, { store }: WriteContext): void => {
  const classes = store.list('priorityclasses.scheduling.k8s.io')
  const chosen = spec['priorityClassName']
    ? classes.find((one) => one.metadata.name === spec['priorityClassName'])
    : classes.find((one) => one['globalDefault'] === true)
  if (chosen && !spec['priorityClassName']) spec['priorityClassName'] = chosen.metadata.name
  spec['priority'] = (chosen?.['value'] as number | undefined) ?? 0
  spec['preemptionPolicy'] ??= chosen?.['preemptionPolicy'] ?? 'PreemptLowerPriority'
}

const admitTolerations = (spec: Json): void => {
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    const covered = (spec['tolerations'] ?? []).some(
      (one: Json) => (one['key'] ?? key) === key && (one['effect'] ?? 'NoExecute') === 'NoExecute',
    )
    if (!covered)
      (spec['tolerations'] ??= []).push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })
  }
}

/** Guaranteed: every container limits cpu and memory and requests as much; BestEffort: none says anything. */
export const qosOf = (spec: Json): string => {
  const all: Json[] = [...(spec['initContainers'] ?? []), ...(spec['containers'] ?? [])].map(
    (one: Json) => one['resources'] ?? {},
  )
  const sizes = (resources: Json, part: string): [string, string][] =>
    Object.entries<string>(resources[part] ?? {}).filter(
      ([name, value]) => (name === 'cpu' || name === 'memory') && amount(String(value)) > 0,
    )
  if (all.every((resources) => !sizes(resources, 'limits').length && !sizes(resources, 'requests').length))
    return 'BestEffort'
  const guaranteed = all.every(
    (resources) =>
      sizes(resources, 'limits').length === 2 &&
      sizes(resources, 'limits').every(
        ([name, value]) => amount(String(resources['requests']?.[name] ?? value)) === amount(String(value)),
      ),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}

const frozen =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

const validateUpdate = (draft: KubeObject, old: KubeObject): Cause[] => {
  const comparable = (pod: KubeObject): unknown => {
    const spec = { ...(pod['spec'] as Json) }
    for (const list of ['containers', 'initContainers'])
      if (spec[list]) spec[list] = spec[list].map((one: Json) => ({ ...one, image: '' }))
    for (const field of ['activeDeadlineSeconds', 'tolerations', 'schedulingGates']) delete spec[field]
    return spec
  }
  return equalJson(comparable(draft), comparable(old))
    ? validatePodSpec((draft['spec'] as Json) ?? {}, 'spec')
    : [forbiddenField('spec', frozen)]
}
