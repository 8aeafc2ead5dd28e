/** `metadata.managedFields`: who owns which field, and how writes that are no apply change it. */
import { isMap, type Shape } from '../shape.ts'
import {
  changesOf,
  emptySet,
  equalSets,
  isEmptySet,
  minus,
  minusBelow,
  parseSet,
  union,
  writeSet,
  type FieldSet,
} from './field-set.ts'

export interface ManagedFieldsEntry {
  manager: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  time?: string
  fieldsType: 'FieldsV1'
  fieldsV1: Record<string, unknown>
  subresource?: string
}

/** An owner and what it owns. */
export interface Owner {
  manager: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  subresource: string
  time: string | undefined
  fields: FieldSet
}

export const sameOwner = (a: Owner, b: Omit<Owner, 'fields' | 'time'>): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  a.subresource === b.subresource &&
  (a.apiVersion === b.apiVersion || a.operation === 'Apply')

/** The API server keeps so many owners by update; older ones are merged into one. */
const mostUpdateOwners = 10

/** Paths nobody owns: the server's own. */
const serversOwn: FieldSet = parseSet({
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:clusterName': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
    'f:deletionTimestamp': {},
    'f:deletionGracePeriodSeconds': {},
  },
})
const metadataItself: FieldSet = { own: false, children: new Map([['f:metadata', { own: true, children: new Map() }]]) }

export const withoutServersOwn = (set: FieldSet): FieldSet => minus(minusBelow(set, serversOwn), metadataItself)

export const readOwners = (managedFields: unknown): Owner[] =>
  Array.isArray(managedFields)
    ? managedFields.filter(isMap).map((entry) => ({
        manager: String(entry['manager'] ?? ''),
        operation: entry['operation'] === 'Apply' ? 'Apply' : 'Update',
        apiVersion: String(entry['apiVersion'] ?? ''),
        subresource: String(entry['subresource'] ?? ''),
        time: typeof entry['time'] === 'string' ? entry['time'] : undefined,
        fields: parseSet(entry['fieldsV1']),
      }))
    : []

const order = (a: Owner, b: Owner): number =>
  compare(a.operation, b.operation) ||
  compare(a.time ?? '', b.time ?? '') ||
  compare(a.manager, b.manager) ||
  compare(a.apiVersion, b.apiVersion) ||
  compare(a.subresource, b.subresource)
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const writeOwners = (owners: readonly Owner[]): ManagedFieldsEntry[] =>
  boundedOwners(owners.filter((owner) => !isEmptySet(owner.fields)).sort(order)).map((owner) => ({
    manager: owner.manager,
    operation: owner.operation,
    apiVersion: owner.apiVersion,
    ...(owner.time ? { time: owner.time } : {}),
    fieldsType: 'FieldsV1',
    fieldsV1: writeSet(owner.fields),
    ...(owner.subresource ? { subresource: owner.subresource } : {}),
  }))

const boundedOwners = (owners: readonly Owner[]): readonly Owner[] => {
  const updates = owners.filter((owner) => owner.operation === 'Update' && !owner.subresource)
  if (updates.length <= mostUpdateOwners) return owners
  const old = new Set(updates.slice(0, updates.length - mostUpdateOwners + 1))
  const last = [...old].at(-1)!
  const ancient: Owner = {
    ...last,
    manager: 'ancient-changes',
    fields: [...old].reduce((set, owner) => union(set, owner.fields), emptySet),
  }
  return [...owners.filter((owner) => !old.has(owner)), ancient].sort(order)
}

export interface Writer {
  manager: string
  apiVersion: string
  subresource: string
  time: string
}

const zeroTemplate = { metadata: {}, spec: { containers: [] } }

/** Typed objects are never without their required parts: a first write owns what is inside those, not the parts. */
export const zeroObject = {
  metadata: {},
  spec: {
    strategy: {},
    updateStrategy: {},
    template: zeroTemplate,
    containers: [],
    resources: {},
    jobTemplate: { metadata: {}, spec: { template: zeroTemplate } },
    scaleTargetRef: {},
    podSelector: {},
    names: {},
  },
  status: { loadBalancer: {} },
  source: {},
  deprecatedSource: {},
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: null,
  deprecatedFirstTimestamp: null,
  deprecatedLastTimestamp: null,
  reportingComponent: '',
  reportingInstance: '',
}

/**
 * The managedFields after a create, update or (non-apply) patch from `before` to `after`: the writer owns what it wrote,
 * nobody owns what went. `before` undefined: the object is new; `ignored` paths belong to another subresource.
 */
export const ownersAfterUpdate = (
  shape: Shape,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  managed: unknown,
  writer: Writer,
  ignored: FieldSet,
): unknown => {
  const { written: all, removed } = changesOf(shape, before, after)
  const written = minusBelow(withoutServersOwn(all), ignored)
  const gone = minusBelow(withoutServersOwn(removed), ignored)
  if (isEmptySet(written) && isEmptySet(gone)) return managed
  const me = {
    manager: writer.manager,
    operation: 'Update' as const,
    apiVersion: writer.apiVersion,
    subresource: writer.subresource,
  }
  const touched = union(written, gone)
  const owners = readOwners(managed).map((owner) => {
    const mine = sameOwner(owner, me)
    const rest = minus(owner.fields, mine ? gone : touched)
    const fields = mine ? union(rest, written) : rest
    // Whoever wrote a value wrote it now, also where it was theirs before.
    if (mine && !isEmptySet(written)) return { ...owner, fields, time: writer.time }
    return equalSets(fields, owner.fields) ? owner : { ...owner, fields, time: mine ? writer.time : owner.time }
  })
  if (!owners.some((owner) => sameOwner(owner, me))) owners.push({ ...me, time: writer.time, fields: written })
  return writeOwners(owners)
}
