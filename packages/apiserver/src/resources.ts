/** The table of built-in kinds, and the registry of everything that is served: these and the live CRDs. */
import type { KubeObject } from '@drey/reconcile'
import type { StructuralSchema } from '@drey/schema'
import type { ResourceInfo, SubresourceInfo, Verb } from './api-server.ts'
import { builtinType, builtinTypeNameOf } from './builtin/types.ts'
import * as cluster from './kinds/cluster.ts'
import * as config from './kinds/config.ts'
import * as events from './kinds/events.ts'
import * as network from './kinds/network.ts'
import * as policy from './kinds/policy.ts'
import * as rbac from './kinds/rbac.ts'
import * as simple from './kinds/simple.ts'
import * as storage from './kinds/storage.ts'
import { pods } from './kinds/pods.ts'
import { services } from './kinds/services.ts'
import type { Strategy } from './kinds/strategy.ts'
import * as workloads from './kinds/workloads.ts'
import { autoscalerAsOld, autoscalerAsStored, oldAutoscalers } from './kinds/autoscalers.ts'
import { definitions } from './kinds/definitions.ts'
import { fieldAt, type FieldReader } from './selectors.ts'
import { builtinShape, type Shape } from './shape.ts'

export interface ScalePaths {
  specReplicas: string
  statusReplicas: string
  /** where the pods' label selector stands, as text or as a LabelSelector */
  selector?: string
}

/** One served group/version/resource with everything the write path needs. */
export interface Kind extends ResourceInfo {
  /** where its objects are stored: `pods`, `deployments.apps` */
  bucket: string
  apiVersion: string
  storageApiVersion: string
  strategy: Strategy
  shape: Shape
  /** built-in kinds are read as this type */
  typeName?: string
  /** CRDs are read with this schema */
  structural?: StructuralSchema
  /** the schema has defaults, which objects stored before it get when they are read */
  defaultsOnRead?: boolean
  /** the schema has embedded resources, whose metadata is read as metadata */
  embeds?: boolean
  fields: Readonly<Record<string, FieldReader>>
  scale?: ScalePaths
  toStored?: (object: KubeObject) => KubeObject
  fromStored?: (object: KubeObject) => KubeObject
  /** a warning for whoever writes such an object: it is kept, and nothing acts on it */
  onlyStored?: string
  /** PUT of a name that does not exist creates it */
  createOnUpdate?: boolean
}

const allVerbs: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const metaFields: Record<string, FieldReader> = {
  'metadata.name': (o) => o.metadata.name,
  'metadata.namespace': (o) => o.metadata.namespace ?? '',
}

interface Row {
  strategy?: Strategy
  short?: string
  all?: boolean
  cluster?: boolean
  scale?: ScalePaths
  fields?: readonly string[]
  verbs?: readonly Verb[]
  more?: readonly SubresourceInfo[]
  createOnUpdate?: boolean
  singular?: string
  /** what this server does not do with the kind: told to whoever writes one */
  onlyStored?: string
}

const replicas: ScalePaths = {
  specReplicas: '.spec.replicas',
  statusReplicas: '.status.replicas',
  selector: '.spec.selector',
}
const sub = (
  name: string,
  kind: string,
  verbs: readonly string[],
  gv?: { group: string; version: string },
): SubresourceInfo => ({ name, kind, verbs, ...gv })
const podParts: readonly SubresourceInfo[] = [
  sub('attach', 'PodAttachOptions', ['create', 'get']),
  sub('binding', 'Binding', ['create']),
  sub('eviction', 'Eviction', ['create'], { group: 'policy', version: 'v1' }),
  sub('exec', 'PodExecOptions', ['create', 'get']),
  sub('log', 'Pod', ['get']),
  sub('portforward', 'PodPortForwardOptions', ['create', 'get']),
]
const aboutFields = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
  (field) => `involvedObject.${field}`,
)
const createOnly: readonly Verb[] = ['create']
const readVerbs: readonly Verb[] = ['get', 'list', 'watch']

/** `group/version` → resource and kind → what is special. */
const table: Record<string, Record<string, Row>> = {
  v1: {
    'pods Pod': {
      strategy: pods,
      short: 'po',
      all: true,
      more: podParts,
      fields: [
        'spec.nodeName',
        'spec.restartPolicy',
        'spec.schedulerName',
        'spec.serviceAccountName',
        'spec.hostNetwork',
        'status.phase',
        'status.podIP',
        'status.nominatedNodeName',
      ],
    },
    'services Service': { short: 'svc', all: true, fields: ['spec.clusterIP', 'spec.type'] },
    'configmaps ConfigMap': { strategy: config.configMaps, short: 'cm' },
    'secrets Secret': { strategy: config.secrets, fields: ['type'] },
    'serviceaccounts ServiceAccount': {
      short: 'sa',
      more: [sub('token', 'TokenRequest', ['create'], { group: 'authentication.k8s.io', version: 'v1' })],
    },
    'namespaces Namespace': {
      strategy: cluster.namespaces,
      short: 'ns',
      cluster: true,
      fields: ['status.phase'],
      verbs: allVerbs.filter((verb) => verb !== 'deletecollection'),
      more: [sub('finalize', 'Namespace', ['update'])],
    },
    'nodes Node': { strategy: cluster.nodes, short: 'no', cluster: true, fields: ['spec.unschedulable'] },
    'persistentvolumeclaims PersistentVolumeClaim': { strategy: storage.claims, short: 'pvc' },
    'persistentvolumes PersistentVolume': { strategy: storage.volumes, short: 'pv', cluster: true },
    'events Event': {
      strategy: events.events,
      short: 'ev',
      fields: [...aboutFields, 'reason', 'reportingComponent', 'source', 'type'],
    },
    'endpoints Endpoints': { strategy: network.endpoints, short: 'ep', singular: 'endpoints' },
    'resourcequotas ResourceQuota': { strategy: simple.withStatus, short: 'quota', onlyStored: 'no quota is counted' },
    'limitranges LimitRange': { short: 'limits', onlyStored: 'no limit is applied' },
    'podtemplates PodTemplate': {},
  },
  'apps/v1': {
    'deployments Deployment': { strategy: workloads.deployments, short: 'deploy', all: true, scale: replicas },
    'replicasets ReplicaSet': {
      strategy: workloads.replicaSets,
      short: 'rs',
      all: true,
      scale: replicas,
      fields: ['status.replicas'],
    },
    'statefulsets StatefulSet': { strategy: workloads.statefulSets, short: 'sts', all: true, scale: replicas },
    'daemonsets DaemonSet': { strategy: workloads.daemonSets, short: 'ds', all: true },
    'controllerrevisions ControllerRevision': {},
  },
  'batch/v1': {
    'jobs Job': { strategy: workloads.jobs, all: true, fields: ['status.successful'] },
    'cronjobs CronJob': { strategy: workloads.cronJobs, short: 'cj', all: true },
  },
  'autoscaling/v1': {
    'horizontalpodautoscalers HorizontalPodAutoscaler': { strategy: oldAutoscalers, short: 'hpa', all: true },
  },
  'autoscaling/v2': {
    'horizontalpodautoscalers HorizontalPodAutoscaler': { strategy: policy.autoscalers, short: 'hpa', all: true },
  },
  'policy/v1': { 'poddisruptionbudgets PodDisruptionBudget': { strategy: policy.disruptionBudgets, short: 'pdb' } },
  'networking.k8s.io/v1': {
    'ingresses Ingress': { strategy: network.ingresses, short: 'ing' },
    'ingressclasses IngressClass': { strategy: simple.counted, cluster: true },
    'networkpolicies NetworkPolicy': {
      strategy: network.networkPolicies,
      short: 'netpol',
      onlyStored: 'no traffic is blocked',
    },
  },
  'discovery.k8s.io/v1': { 'endpointslices EndpointSlice': { strategy: network.endpointSlices } },
  'coordination.k8s.io/v1': { 'leases Lease': { strategy: events.leases, createOnUpdate: true } },
  'events.k8s.io/v1': {
    'events Event': {
      strategy: events.newEvents,
      short: 'ev',
      fields: [
        ...aboutFields.map((field) => field.replace('involvedObject', 'regarding')),
        'reason',
        'reportingController',
        'type',
      ],
    },
  },
  'rbac.authorization.k8s.io/v1': {
    'roles Role': { strategy: rbac.roles },
    'rolebindings RoleBinding': { strategy: rbac.bindings },
    'clusterroles ClusterRole': { strategy: rbac.roles, cluster: true },
    'clusterrolebindings ClusterRoleBinding': { strategy: rbac.bindings, cluster: true },
  },
  'storage.k8s.io/v1': {
    'storageclasses StorageClass': { strategy: storage.storageClasses, short: 'sc', cluster: true },
    'csidrivers CSIDriver': { cluster: true, onlyStored: 'no driver is called' },
    'csinodes CSINode': { cluster: true, onlyStored: 'no driver is called' },
    'csistoragecapacities CSIStorageCapacity': { onlyStored: 'no driver is called' },
    'volumeattachments VolumeAttachment': {
      strategy: simple.withStatus,
      cluster: true,
      onlyStored: 'no driver is called',
    },
  },
  'scheduling.k8s.io/v1': {
    'priorityclasses PriorityClass': { strategy: cluster.priorityClasses, short: 'pc', cluster: true },
  },
  'admissionregistration.k8s.io/v1': {
    'mutatingwebhookconfigurations MutatingWebhookConfiguration': { strategy: policy.webhooks, cluster: true },
    'validatingwebhookconfigurations ValidatingWebhookConfiguration': { strategy: policy.webhooks, cluster: true },
  },
  'certificates.k8s.io/v1': {
    'certificatesigningrequests CertificateSigningRequest': {
      strategy: simple.withStatus,
      short: 'csr',
      cluster: true,
      fields: ['spec.signerName'],
      more: [sub('approval', 'CertificateSigningRequest', ['get', 'patch', 'update'])],
      onlyStored: 'nobody signs it',
    },
  },
  'node.k8s.io/v1': {
    'runtimeclasses RuntimeClass': { cluster: true, onlyStored: 'pods run the same whatever their class' },
  },
  'flowcontrol.apiserver.k8s.io/v1': {
    'flowschemas FlowSchema': { strategy: simple.countedWithStatus, cluster: true, onlyStored: 'no request is queued' },
    'prioritylevelconfigurations PriorityLevelConfiguration': {
      strategy: simple.countedWithStatus,
      cluster: true,
      onlyStored: 'no request is queued',
    },
  },
  'apiextensions.k8s.io/v1': {
    'customresourcedefinitions CustomResourceDefinition': { strategy: definitions, short: 'crd,crds', cluster: true },
  },
  'apiregistration.k8s.io/v1': {
    'apiservices APIService': { strategy: simple.withStatus, cluster: true, verbs: readVerbs },
  },
  // answered by extensions only
  'authentication.k8s.io/v1': {
    'tokenreviews TokenReview': { cluster: true, verbs: createOnly },
    'selfsubjectreviews SelfSubjectReview': { cluster: true, verbs: createOnly },
  },
  'authorization.k8s.io/v1': {
    'selfsubjectaccessreviews SelfSubjectAccessReview': { cluster: true, verbs: createOnly },
    'selfsubjectrulesreviews SelfSubjectRulesReview': { cluster: true, verbs: createOnly },
    'subjectaccessreviews SubjectAccessReview': { cluster: true, verbs: createOnly },
    'localsubjectaccessreviews LocalSubjectAccessReview': { verbs: createOnly },
  },
}

/** All built-in kinds, for one range of Service addresses. Only Services have a memory of their own: the others are made once. */
export const builtinKinds = (serviceCidr: string): Kind[] => {
  alike ??= Object.entries(table).flatMap(([groupVersion, rows]) =>
    Object.entries(rows).map(([names, row]) =>
      names.startsWith('services ')
        ? (cidr: string) => kindOf(groupVersion, names, { ...row, strategy: services(cidr) })
        : kindOf(groupVersion, names, { ...row, strategy: row.strategy ?? simple.plain }),
    ),
  )
  return alike.map((kind) => (typeof kind === 'function' ? kind(serviceCidr) : kind))
}
let alike: (Kind | ((serviceCidr: string) => Kind))[] | undefined

/** Versions whose objects are stored in another one. */
const eventVersion = { storageApiVersion: 'v1', toStored: events.eventAsStored, fromStored: events.eventAsNew }
const autoscalerVersion = {
  storageApiVersion: 'autoscaling/v2',
  toStored: autoscalerAsStored,
  fromStored: autoscalerAsOld,
}

const kindOf = (apiVersion: string, names: string, row: Row & { strategy: Strategy }): Kind => {
  const [resource = '', kind = ''] = names.split(' ')
  const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion]
  const typeName = builtinTypeNameOf(apiVersion, kind)
  const isNewEvent = group === 'events.k8s.io'
  const other = isNewEvent ? eventVersion : apiVersion === 'autoscaling/v1' ? autoscalerVersion : undefined
  return {
    group,
    version,
    resource,
    singular: row.singular ?? kind.toLowerCase(),
    kind,
    listKind: `${kind}List`,
    shortNames: row.short?.split(',') ?? [],
    categories: row.all
      ? ['all']
      : group === 'apiextensions.k8s.io' || group === 'admissionregistration.k8s.io'
        ? ['api-extensions']
        : [],
    namespaced: !row.cluster,
    verbs: row.verbs ?? allVerbs,
    subresources: [
      ...(row.strategy.status ? [sub('status', kind, ['get', 'patch', 'update'])] : []),
      ...(row.scale
        ? [sub('scale', 'Scale', ['get', 'patch', 'update'], { group: 'autoscaling', version: 'v1' })]
        : []),
      ...(row.more ?? []),
    ].sort((a, b) => (a.name < b.name ? -1 : 1)),
    origin: 'builtin',
    storage: true,
    bucket: isNewEvent ? 'events' : group ? `${resource}.${group}` : resource,
    apiVersion,
    storageApiVersion: other?.storageApiVersion ?? apiVersion,
    strategy: row.strategy,
    shape: typeName ? builtinShape(typeName) : builtinShape(''),
    ...(typeName ? { typeName } : {}),
    fields: { ...metaFields, ...Object.fromEntries((row.fields ?? []).map((field) => [field, readerOf(field)])) },
    ...(row.scale ? { scale: row.scale } : {}),
    ...other,
    ...(row.createOnUpdate ? { createOnUpdate: true } : {}),
    ...(row.onlyStored ? { onlyStored: `${kind} is only stored here: ${row.onlyStored}` } : {}),
  }
}

const readerOf = (field: string): FieldReader => {
  if (field === 'source') return fieldAt('source.component')
  const read = fieldAt(
    field.replace(/^regarding/, 'involvedObject').replace('reportingController', 'reportingComponent'),
  )
  return field === 'spec.unschedulable' || field === 'spec.hostNetwork' ? (object) => read(object) || 'false' : read
}

export interface Registry {
  find(group: string, version: string, resource: string): Kind | undefined
  all(): readonly Kind[]
  /** by kind, for owner references and webhooks */
  byKind(apiVersion: string, kind: string): Kind | undefined
  /** the kind whose objects a bucket holds, in the version they are stored in */
  ofBucket(bucket: string): Kind | undefined
  /** replaces the kinds that come from one CRD */
  setCustom(name: string, kinds: readonly Kind[]): void
  onChange(listener: () => void): () => void
}

export const createRegistry = (builtin: readonly Kind[]): Registry => {
  const custom = new Map<string, readonly Kind[]>()
  const listeners = new Set<() => void>()
  let all: readonly Kind[] = builtin
  const index = new Map<string, Kind>()
  const rebuild = (): void => {
    all = [...builtin, ...[...custom.values()].flat()]
    index.clear()
    for (const kind of all) index.set(`${kind.apiVersion}/${kind.resource}`, kind)
  }
  rebuild()
  return {
    find: (group, version, resource) => index.get(`${group ? `${group}/` : ''}${version}/${resource}`),
    all: () => all,
    byKind: (apiVersion, kind) => all.find((one) => one.kind === kind && one.apiVersion === apiVersion),
    ofBucket: (bucket) => all.find((one) => one.bucket === bucket && one.storage && !one.toStored),
    setCustom(name, kindsOfCrd) {
      if (kindsOfCrd.length) custom.set(name, kindsOfCrd)
      else custom.delete(name)
      rebuild()
      for (const listener of listeners) listener()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** True when the table knows this type; a test walks all rows. */
export const isTyped = (kind: Kind): boolean => kind.typeName !== undefined && builtinType(kind.typeName) !== undefined
