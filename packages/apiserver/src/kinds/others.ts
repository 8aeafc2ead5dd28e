/** The smaller built-in kinds: defaults, immutable fields, and the checks people run into. */
import type { KubeObject } from '@drey/reconcile'
import {
  ApiError,
  badRequest,
  forbiddenField,
  invalidValue,
  required,
  unsupportedValue,
  type Cause,
} from '../errors.ts'
import { equalJson } from '../json.ts'
import { anyName, notConfigKey, notLabel, notPathSegment } from './names.ts'
import type { Strategy } from './strategy.ts'

type Json = Record<string, any>

const immutable = (field: string, draft: Json, old: Json | undefined): Cause[] =>
  old && !equalJson(draft[field] ?? null, old[field] ?? null)
    ? [invalidValue(field, draft[field], 'field is immutable')]
    : []

const frozenWhenImmutable = (draft: Json, old: Json | undefined, fields: readonly string[]): Cause[] => {
  if (!old?.['immutable']) return []
  const why = 'field is immutable when `immutable` is set'
  return [
    ...(draft['immutable'] ? [] : [forbiddenField('immutable', why)]),
    ...fields
      .filter((field) => !equalJson(draft[field] ?? null, old[field] ?? null))
      .map((field) => forbiddenField(field, why)),
  ]
}

const validateKeys = (data: Json | undefined, field: string): Cause[] =>
  Object.keys(data ?? {}).flatMap((key) => {
    const wrong = notConfigKey(key)
    return wrong ? [invalidValue(`${field}[${key}]`, key, wrong)] : []
  })

const mostBytes = 1024 * 1024

const sizeOf = (...parts: (Json | undefined)[]): number =>
  parts.reduce(
    (sum, part) => sum + Object.entries(part ?? {}).reduce((all, [, value]) => all + String(value).length, 0),
    0,
  )

export const configMaps: Strategy = {
  validate: (draft, old) => [
    ...validateKeys(draft['data'], 'data'),
    ...validateKeys(draft['binaryData'], 'binaryData'),
    ...frozenWhenImmutable(draft, old, ['data', 'binaryData']),
    ...(sizeOf(draft['data'], draft['binaryData']) > mostBytes
      ? [{ reason: 'FieldValueTooLong', message: `Too long: may not be more than ${mostBytes} bytes`, field: '' }]
      : []),
  ],
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** UTF-8 text as base64, without leaving plain JavaScript. */
const encode = (text: string): string => {
  const bytes = new TextEncoder().encode(text)
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

export const secrets: Strategy = {
  defaults(draft) {
    draft['type'] ??= 'Opaque'
    for (const value of Object.values<string>(draft['data'] ?? {}))
      if (!base64.test(value))
        throw badRequest(
          `Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte ${badByte(value)}`,
        )
    if (draft['stringData']) {
      draft['data'] = {
        ...draft['data'],
        ...Object.fromEntries(Object.entries<string>(draft['stringData']).map(([key, value]) => [key, encode(value)])),
      }
      delete draft['stringData']
    }
  },
  validate: (draft, old) => [
    ...immutable('type', draft, old),
    ...validateKeys(draft['data'], 'data'),
    ...frozenWhenImmutable(draft, old, ['data', 'type']),
    ...(sizeOf(draft['data']) * 0.75 > mostBytes
      ? [{ reason: 'FieldValueTooLong', message: `Too long: may not be more than ${mostBytes} bytes`, field: 'data' }]
      : []),
  ],
}
const badByte = (value: string): number => {
  const at = value.search(/[^A-Za-z0-9+/=]/)
  return at < 0 ? value.length - (value.length % 4) : at
}

export const namespaces: Strategy = {
  status: true,
  name: notLabel,
  defaults(draft) {
    if (draft.metadata.name)
      draft.metadata.labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': draft.metadata.name }
  },
  create(draft) {
    draft['spec'] = { ...draft['spec'], finalizers: [...new Set([...(draft['spec']?.finalizers ?? []), 'kubernetes'])] }
    draft['status'] = { phase: 'Active' }
    draft.metadata.labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': draft.metadata.name }
  },
  update(draft, old) {
    draft['spec'] = old['spec']
    draft.metadata.labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': draft.metadata.name }
  },
}

export const nodes: Strategy = {
  status: true,
  create(draft) {
    draft['spec'] ??= {}
    draft['status'] = { daemonEndpoints: { kubeletEndpoint: { Port: 0 } }, nodeInfo: emptyNodeInfo, ...draft['status'] }
    const spec: Json = draft['spec']
    if (!(spec['taints'] ?? []).some((taint: Json) => taint['key'] === 'node.kubernetes.io/not-ready'))
      spec['taints'] = [...(spec['taints'] ?? []), { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]
  },
}
const emptyNodeInfo = Object.fromEntries(
  [
    'machineID',
    'systemUUID',
    'bootID',
    'kernelVersion',
    'osImage',
    'containerRuntimeVersion',
    'kubeletVersion',
    'kubeProxyVersion',
    'operatingSystem',
    'architecture',
  ].map((key) => [key, '']),
)

export const claims: Strategy = {
  status: true,
  defaults(draft) {
    draft['spec'] ??= {}
    draft['spec'].volumeMode ??= 'Filesystem'
  },
  create(draft, { store }) {
    draft.metadata.finalizers = [...new Set([...(draft.metadata.finalizers ?? []), 'kubernetes.io/pvc-protection'])]
    draft['status'] = { phase: 'Pending' }
    if (draft['spec'].storageClassName !== undefined) return
    const chosen = store
      .list('storageclasses.storage.k8s.io')
      .find((one) => one.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true')
    if (chosen) draft['spec'].storageClassName = chosen.metadata.name
  },
  validate(draft, old) {
    const spec: Json = draft['spec']
    if (old) {
      const fixed = (one: Json): Json => ({
        ...one,
        resources: undefined,
        volumeName: undefined,
        volumeAttributesClassName: undefined,
      })
      const was = old['spec'] as Json
      return equalJson(fixed(spec), fixed(was)) && (!was['volumeName'] || was['volumeName'] === spec['volumeName'])
        ? []
        : [
            forbiddenField(
              'spec',
              'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
            ),
          ]
    }
    return [
      ...(spec['accessModes']?.length ? [] : [required('spec.accessModes', 'at least 1 access mode is required')]),
      ...(spec['resources']?.requests?.storage ? [] : [required('spec.resources[storage]')]),
    ]
  },
}

export const volumes: Strategy = {
  status: true,
  defaults(draft) {
    const spec: Json = (draft['spec'] ??= {})
    spec['persistentVolumeReclaimPolicy'] ??= 'Retain'
    spec['volumeMode'] ??= 'Filesystem'
    if (spec['hostPath']) spec['hostPath'].type ??= ''
  },
  create(draft, { time }) {
    draft.metadata.finalizers = [...new Set([...(draft.metadata.finalizers ?? []), 'kubernetes.io/pv-protection'])]
    draft['status'] = { phase: 'Pending', lastPhaseTransitionTime: time }
  },
}

export const leases: Strategy = {
  defaults(draft) {
    draft['spec'] ??= {}
  },
  validate(draft) {
    const { leaseDurationSeconds, leaseTransitions } = draft['spec'] as Json
    return [
      ...(leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0
        ? [invalidValue('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0')]
        : []),
      ...(leaseTransitions !== undefined && leaseTransitions < 0
        ? [invalidValue('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0')]
        : []),
    ]
  },
}

export const events: Strategy = {
  name: anyName,
  defaults(draft) {
    draft['involvedObject'] ??= {}
    draft['source'] ??= {}
    draft['firstTimestamp'] ??= null
    draft['lastTimestamp'] ??= null
    draft['eventTime'] ??= null
    draft['reportingComponent'] ??= ''
    draft['reportingInstance'] ??= ''
  },
  validate(draft) {
    const about = (draft['involvedObject'] as Json)['namespace'] as string | undefined
    const { namespace } = draft.metadata
    return about
      ? about === namespace
        ? []
        : [invalidValue('involvedObject.namespace', about, 'does not match event.namespace')]
      : namespace === 'default'
        ? []
        : [invalidValue('involvedObject.namespace', about ?? '', 'does not match event.namespace')]
  },
}

/** `events.k8s.io/v1` names for what `v1` stores. */
const eventNames: readonly (readonly [string, string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['count', 'deprecatedCount'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['reportingComponent', 'reportingController'],
]

export const eventAsNew = (event: KubeObject): KubeObject => renamed(event, 'events.k8s.io/v1', eventNames)
export const eventAsStored = (event: KubeObject): KubeObject =>
  renamed(
    event,
    'v1',
    eventNames.map(([a, b]) => [b, a] as const),
  )

const renamed = (event: KubeObject, apiVersion: string, names: readonly (readonly [string, string])[]): KubeObject => {
  const copy: KubeObject = { ...event, apiVersion }
  for (const [from] of names) delete copy[from]
  for (const [from, to] of names) {
    const value = event[from]
    const absent = value === undefined || (apiVersion !== 'v1' && (value === null || value === ''))
    if (!absent) copy[to] = value
  }
  if (apiVersion !== 'v1' && copy['reportingInstance'] === '') delete copy['reportingInstance']
  return copy
}

export const ingresses: Strategy = {
  status: true,
  generation: true,
  create(draft, { store }) {
    draft['status'] = { loadBalancer: {} }
    if (draft['spec']?.ingressClassName !== undefined || draft.metadata.annotations?.['kubernetes.io/ingress.class'])
      return
    const chosen = store
      .list('ingressclasses.networking.k8s.io')
      .find((one) => one.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true')
    if (chosen) draft['spec'].ingressClassName = chosen.metadata.name
  },
  validate(draft) {
    const spec: Json = draft['spec'] ?? {}
    const causes: Cause[] = []
    if (!spec['rules']?.length && !spec['defaultBackend'])
      causes.push({
        reason: 'FieldValueInvalid',
        message: 'Invalid value: []networking.IngressRule(nil): either `defaultBackend` or `rules` must be specified',
        field: 'spec',
      })
    for (const [i, rule] of (spec['rules'] ?? []).entries())
      for (const [j, path] of (rule.http?.paths ?? []).entries()) {
        const at = `spec.rules[${i}].http.paths[${j}]`
        if (!path.pathType) causes.push(required(`${at}.pathType`, 'pathType must be specified'))
        else if (!['Exact', 'Prefix', 'ImplementationSpecific'].includes(path.pathType))
          causes.push(unsupportedValue(`${at}.pathType`, path.pathType, ['Exact', 'ImplementationSpecific', 'Prefix']))
        else if (path.pathType !== 'ImplementationSpecific' && !String(path.path ?? '').startsWith('/'))
          causes.push(invalidValue(`${at}.path`, path.path ?? '', 'must be an absolute path'))
        const service = path.backend?.service
        if (!service && !path.backend?.resource)
          causes.push(invalidValue(`${at}.backend`, '', 'cannot set both resource and service backends'))
        else if (service && !service.name) causes.push(required(`${at}.backend.service.name`))
        else if (service && service.port?.number === undefined && !service.port?.name)
          causes.push(required(`${at}.backend.service.port`, 'port name or number is required'))
      }
    return causes
  },
}

export const networkPolicies: Strategy = {
  generation: true,
  defaults(draft) {
    const spec: Json = (draft['spec'] ??= {})
    spec['policyTypes'] ??= ['Ingress', ...(spec['egress'] ? ['Egress'] : [])]
  },
}

export const disruptionBudgets: Strategy = {
  status: true,
  generation: true,
  create(draft) {
    draft['status'] = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }
  },
}

export const autoscalers: Strategy = {
  status: true,
  defaults(draft) {
    const spec: Json = (draft['spec'] ??= {})
    spec['minReplicas'] ??= 1
    spec['metrics'] ??= [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
    ]
  },
  create(draft) {
    draft['status'] = { currentMetrics: null, desiredReplicas: 0 }
  },
  validate: (draft) => [
    ...(draft['spec'].maxReplicas >= 1
      ? []
      : [invalidValue('spec.maxReplicas', draft['spec'].maxReplicas ?? 0, 'must be greater than 0')]),
    ...(draft['spec'].scaleTargetRef?.kind ? [] : [required('spec.scaleTargetRef.kind')]),
    ...(draft['spec'].scaleTargetRef?.name ? [] : [required('spec.scaleTargetRef.name')]),
  ],
}

const rbac = 'rbac.authorization.k8s.io'

export const roles: Strategy = {
  name: notPathSegment,
  defaults(draft) {
    draft['rules'] ??= null
  },
  validate: (draft) =>
    ((draft['rules'] ?? []) as Json[]).flatMap((rule, index) =>
      rule['verbs']?.length ? [] : [required(`rules[${index}].verbs`, 'verbs must contain at least one value')],
    ),
}

export const bindings: Strategy = {
  name: notPathSegment,
  defaults(draft) {
    draft['roleRef'] ??= {}
    draft['roleRef'].apiGroup ??= rbac
    for (const subject of (draft['subjects'] ?? []) as Json[])
      if (subject['kind'] !== 'ServiceAccount') subject['apiGroup'] ??= rbac
  },
  validate(draft, old) {
    const ref = draft['roleRef'] as Json
    const causes: Cause[] = []
    if (!ref['name']) causes.push(required('roleRef.name'))
    if (!['Role', 'ClusterRole'].includes(ref['kind']))
      causes.push(unsupportedValue('roleRef.kind', ref['kind'], ['ClusterRole', 'Role']))
    if (old && !equalJson(ref, old['roleRef']))
      causes.push({
        reason: 'FieldValueInvalid',
        message: `Invalid value: rbac.RoleRef{APIGroup:"${ref['apiGroup']}", Kind:"${ref['kind']}", Name:"${ref['name']}"}: cannot change roleRef`,
        field: 'roleRef',
      })
    for (const [index, subject] of ((draft['subjects'] ?? []) as Json[]).entries()) {
      if (!subject['name']) causes.push(required(`subjects[${index}].name`))
      if (subject['kind'] === 'ServiceAccount' && !subject['namespace'])
        causes.push(required(`subjects[${index}].namespace`))
    }
    return causes
  },
}

export const storageClasses: Strategy = {
  defaults(draft) {
    draft['reclaimPolicy'] ??= 'Delete'
    draft['volumeBindingMode'] ??= 'Immediate'
  },
  validate: (draft, old) => [
    ...(draft['provisioner'] ? [] : [required('provisioner')]),
    ...(old &&
    (['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const).some(
      (field) => !equalJson(draft[field] ?? null, old[field] ?? null),
    )
      ? [forbiddenField('parameters', 'updates to parameters are forbidden.')]
      : []),
  ],
}

export const priorityClasses: Strategy = {
  generation: true,
  defaults(draft) {
    draft['preemptionPolicy'] ??= 'PreemptLowerPriority'
    draft['value'] ??= 0
  },
}

export const endpoints: Strategy = {
  defaults(draft) {
    for (const subset of (draft['subsets'] ?? []) as Json[])
      for (const port of subset['ports'] ?? []) port.protocol ??= 'TCP'
  },
}

export const endpointSlices: Strategy = {
  generation: true,
  defaults(draft) {
    for (const port of (draft['ports'] ?? []) as Json[]) {
      port['name'] ??= ''
      port['protocol'] ??= 'TCP'
    }
    for (const one of (draft['endpoints'] ?? []) as Json[]) one['conditions'] ??= {}
  },
}

export const webhooks: Strategy = {
  generation: true,
  defaults(draft) {
    for (const hook of (draft['webhooks'] ?? []) as Json[]) {
      hook['failurePolicy'] ??= 'Fail'
      hook['matchPolicy'] ??= 'Equivalent'
      hook['namespaceSelector'] ??= {}
      hook['objectSelector'] ??= {}
      hook['timeoutSeconds'] ??= 10
      if (draft.kind === 'MutatingWebhookConfiguration') hook['reinvocationPolicy'] ??= 'Never'
      for (const rule of hook['rules'] ?? []) rule.scope ??= '*'
      if (hook['clientConfig']?.service) hook['clientConfig'].service.port ??= 443
    }
  },
  validate: (draft) =>
    ((draft['webhooks'] ?? []) as Json[]).flatMap((hook, index) => [
      ...(hook['name'] ? [] : [required(`webhooks[${index}].name`)]),
      ...(hook['sideEffects']
        ? []
        : [required(`webhooks[${index}].sideEffects`, 'must specify one of None, NoneOnDryRun')]),
      ...(hook['admissionReviewVersions']?.length
        ? []
        : [required(`webhooks[${index}].admissionReviewVersions`, 'must specify one of v1, v1beta1')]),
      ...(hook['clientConfig']?.url || hook['clientConfig']?.service
        ? []
        : [required(`webhooks[${index}].clientConfig`, 'exactly one of url or service is required')]),
    ]),
}

export const ingressClasses: Strategy = { generation: true }
export const plain: Strategy = {}
export const withStatus: Strategy = { status: true }

export const readOnly = (): never => {
  throw new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
}
