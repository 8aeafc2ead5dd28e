/** Subresources that are no plain part of their object: scale, pods/binding, pods/eviction, namespaces/finalize. */
import type { KubeObject } from '@drey/reconcile'
import { ApiError, badRequest, conflict, invalid, invalidValue, notFound } from './errors.ts'
import { deleteOptions } from './options.ts'
import { amount } from './kinds/pod-validation.ts'
import { patchedValue, liveOf } from './patching.ts'
import { deleteObject } from './remove.ts'
import type { Kind, ScalePaths } from './resources.ts'
import { objectSelector } from './selectors.ts'
import { isMap } from './shape.ts'
import type { ApiRequest, ObjectReply } from './types.ts'
import { timeOf, type Machine, type Write } from './machine.ts'
import { updateObject } from './update.ts'

type Json = Record<string, any>

const at = (value: unknown, path: string): unknown => {
  let here = value
  for (const step of path.replace(/^\./, '').split('.')) here = isMap(here) ? here[step] : undefined
  return here
}

const withValue = (value: Json, path: readonly string[], next: unknown): Json => {
  const [step, ...rest] = path as [string, ...string[]]
  return {
    ...value,
    [step]: rest.length ? withValue(isMap(value[step]) ? (value[step] as Json) : {}, rest, next) : next,
  }
}

/** A LabelSelector as the text of `status.selector`. */
const selectorText = (selector: unknown): string => {
  if (typeof selector === 'string') return selector
  if (!isMap(selector)) return ''
  const labels = Object.entries((selector['matchLabels'] ?? {}) as Record<string, string>).map(
    ([key, value]) => `${key}=${value}`,
  )
  const expressions = ((selector['matchExpressions'] ?? []) as Json[]).map((one) =>
    one['operator'] === 'Exists'
      ? one['key']
      : one['operator'] === 'DoesNotExist'
        ? `!${one['key']}`
        : `${one['key']} ${one['operator'] === 'In' ? 'in' : 'notin'} (${one['values'].join(',')})`,
  )
  return [...labels.sort(), ...expressions].join(',')
}

/** The Scale of an object; throws 500 where the paths lead nowhere, as the real server does. */
export const scaleOf = (kind: Kind, object: KubeObject, mustExist = true): KubeObject => {
  const paths = kind.scale as ScalePaths
  const spec = at(object, paths.specReplicas)
  if (spec === undefined && mustExist && kind.origin === 'crd')
    throw new ApiError(
      500,
      'InternalError',
      `Internal error occurred: the spec replicas field ${JSON.stringify(paths.specReplicas)} does not exist`,
      {
        causes: [{ message: `the spec replicas field ${JSON.stringify(paths.specReplicas)} does not exist` }],
      },
    )
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const selector = paths.selector ? selectorText(at(object, paths.selector)) : ''
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      ...(uid ? { uid } : {}),
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(creationTimestamp ? { creationTimestamp } : {}),
    },
    spec: Number(spec ?? 0) === 0 ? {} : { replicas: Number(spec) },
    status: { replicas: Number(at(object, paths.statusReplicas) ?? 0), ...(selector ? { selector } : {}) },
  }
}

/** GET, PUT and PATCH of `…/scale`. */
export const scale = async (machine: Machine, write: Write, request: ApiRequest): Promise<ObjectReply> => {
  const { kind, namespace, name = '' } = write
  const live = liveOf(machine, kind, namespace, name)
  if (!live) throw notFound(kind, name)
  if (request.method === 'GET') return { status: 200, body: scaleOf(kind, live) }
  const written = await updateObject(machine, write, (now) => {
    const current = scaleOf(kind, now, request.method === 'PUT')
    const next = (
      request.method === 'PUT' ? request.body : patchedValue(scaleKind, current, request.body, request.contentType)
    ) as Json
    if (!isMap(next)) throw badRequest('the object provided is unrecognized (must be of type Scale)')
    const replicas = at(next, 'spec.replicas') ?? 0
    if (typeof replicas !== 'number' || !Number.isInteger(replicas))
      throw badRequest(
        `Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal ${typeof replicas} into Go struct field ScaleSpec.spec.replicas of type int32`,
      )
    if (replicas < 0 && kind.origin === 'builtin')
      throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, [
        invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'),
      ])
    const meta = (next['metadata'] ?? {}) as KubeObject['metadata']
    if (meta.name && meta.name !== name)
      throw badRequest(`the name of the object (${meta.name}) does not match the name on the URL (${name})`)
    if (meta.resourceVersion && meta.resourceVersion !== now.metadata.resourceVersion)
      throw conflict(
        kind,
        name,
        'the object has been modified; please apply your changes to the latest version and try again',
      )
    return {
      value: withValue(now, kind.scale!.specReplicas.replace(/^\./, '').split('.'), replicas) as KubeObject,
      ...(kind.origin === 'crd' ? { managed: now.metadata.managedFields } : {}),
      patched: true,
    }
  })
  return { status: 200, body: scaleOf(kind, written.object) }
}
const scaleKind = {
  origin: 'builtin',
  shape: {
    atomic: false,
    at: () => scaleKind.shape,
    declares: () => false,
    get items() {
      return scaleKind.shape
    },
    list: 'atomic',
    keys: [],
    keyDefault: () => undefined,
  },
} as unknown as Pick<Kind, 'origin' | 'shape'>

/** POST `pods/NAME/binding`: gives a pod its node, once. */
export const bind = async (machine: Machine, write: Write, request: ApiRequest): Promise<ObjectReply> => {
  const { kind, name = '', namespace } = write
  const binding = request.body as Json | undefined
  const node = binding?.['target']?.name as string | undefined
  if (!node)
    throw invalid({ group: '', kind: 'Binding' }, name, [
      { reason: 'FieldValueRequired', message: 'Required value', field: 'target.name' },
    ])
  const bindings = { group: '', resource: 'pods/binding' }
  if (!liveOf(machine, kind, namespace, name)) throw notFound(kind, name)
  await updateObject(machine, { ...write, subresource: 'binding' }, (pod) => {
    if (pod.metadata.deletionTimestamp)
      throw conflict(bindings, name, `pod ${name} is being deleted, cannot be assigned to a host`)
    const spec = (pod['spec'] ?? {}) as Json
    if (spec['nodeName'])
      throw conflict(bindings, name, `pod ${name} is already assigned to node ${JSON.stringify(spec['nodeName'])}`)
    const conditions = ((pod['status'] as Json | undefined)?.['conditions'] ?? []) as Json[]
    const scheduled = {
      type: 'PodScheduled',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: timeOf(machine.now()),
    }
    return {
      value: {
        ...pod,
        metadata: {
          ...pod.metadata,
          ...(binding!['metadata']?.annotations
            ? { annotations: { ...pod.metadata.annotations, ...binding!['metadata'].annotations } }
            : {}),
        },
        spec: { ...spec, nodeName: node },
        status: {
          ...(pod['status'] as Json),
          conditions: [...conditions.filter((one) => one['type'] !== 'PodScheduled'), scheduled],
        },
      },
      managed: pod.metadata.managedFields,
      patched: true,
    }
  })
  return { status: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } }
}

/** POST `pods/NAME/eviction`: a delete that disruption budgets may refuse. */
export const evict = async (machine: Machine, write: Write, request: ApiRequest): Promise<ObjectReply> => {
  const { kind, namespace, name = '' } = write
  const pod = liveOf(machine, kind, namespace, name)
  if (!pod) throw notFound(kind, name)
  const over =
    ['Succeeded', 'Failed', 'Pending'].includes((pod['status'] as Json | undefined)?.['phase']) ||
    pod.metadata.deletionTimestamp !== undefined
  const budgets = machine.store
    .list('poddisruptionbudgets.policy', namespace)
    .filter((budget) => objectSelector((budget['spec'] as Json)['selector'])(pod.metadata.labels))
  // a budget that no controller has looked at yet says nothing
  const spent = budgets.find(
    (budget) => observed(budget) && ((budget['status'] as Json | undefined)?.['disruptionsAllowed'] ?? 0) <= 0,
  )
  if (spent && !over)
    throw new ApiError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
      causes: [
        {
          reason: 'DisruptionBudget',
          message: `The disruption budget ${spent.metadata.name} needs ${wanted(spent)} healthy pods and has ${healthy(spent)} currently`,
        },
      ],
    })
  const options = deleteOptions({
    ...request,
    body: (request.body as Json | undefined)?.['deleteOptions'] ?? {},
    query: new URLSearchParams(),
  })
  await deleteObject(
    machine,
    {
      kind,
      ...(namespace ? { namespace } : {}),
      options: { ...options, dryRun: options.dryRun || write.options.dryRun },
      user: write.user,
      warnings: write.warnings,
    },
    name,
  )
  return { status: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } }
}
const observed = (budget: KubeObject): boolean =>
  (budget['status'] as Json | undefined)?.['observedGeneration'] !== undefined
const healthy = (budget: KubeObject): number => Number((budget['status'] as Json | undefined)?.['currentHealthy'] ?? 0)
const wanted = (budget: KubeObject): number =>
  amount(String((budget['status'] as Json | undefined)?.['desiredHealthy'] ?? 0))

/** PUT `namespaces/NAME/finalize`: the namespace controller lets go. */
export const finalize = async (machine: Machine, write: Write, request: ApiRequest): Promise<ObjectReply> => {
  const { kind, name = '' } = write
  const finalizers = ((request.body as Json | undefined)?.['spec']?.finalizers ?? []) as string[]
  const live = machine.store.get(kind.bucket, name)
  if (!live) throw notFound(kind, name)
  const spec = finalizers.length ? { finalizers } : {}
  const next = { ...live, spec }
  if (live.metadata.deletionTimestamp && !finalizers.length && !live.metadata.finalizers?.length) {
    machine.store.remove(kind.bucket, name, next)
    return { status: 200, body: next }
  }
  return { status: 200, body: machine.store.put(kind.bucket, name, next).object }
}
