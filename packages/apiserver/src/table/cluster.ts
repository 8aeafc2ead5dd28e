/** Tables of namespaces, nodes, events, configuration, access and storage kinds. */
import type { KubeObject } from '@drey/reconcile'
import {
  ageColumn,
  at,
  column,
  condition,
  containersColumn,
  count,
  imagesColumn,
  integer,
  labelsText,
  list,
  nameColumn,
  none,
  sizeOf,
  text,
  wide,
  type Column,
} from './column.ts'
import { ageOf } from './duration.ts'

export const namespaceColumns: readonly Column[] = [
  nameColumn,
  column('Status', (o) => text(o, 'status.phase')),
  ageColumn,
]

const nodeStatus = (node: KubeObject): string => {
  const ready = condition(node, 'Ready')
  const word = ready ? (ready['status'] === 'True' ? 'Ready' : 'NotReady') : 'Unknown'
  return at(node, 'spec.unschedulable') === true ? `${word},SchedulingDisabled` : word
}
const nodeRoles = (node: KubeObject): string =>
  none(
    Object.entries(node.metadata.labels ?? {})
      .flatMap(([key, value]) =>
        key.startsWith('node-role.kubernetes.io/') ? [key.slice(24)] : key === 'kubernetes.io/role' ? [value] : [],
      )
      .filter(Boolean)
      .sort()
      .join(','),
  )
const nodeAddress = (type: string) => (node: KubeObject) =>
  none(String(list(node, 'status.addresses').find((a) => a['type'] === type)?.['address'] ?? ''))
const nodeInfo = (field: string) => (node: KubeObject) => text(node, `status.nodeInfo.${field}`) || '<unknown>'

export const nodeColumns: readonly Column[] = [
  nameColumn,
  column('Status', nodeStatus),
  column('Roles', nodeRoles),
  ageColumn,
  column('Version', (o) => text(o, 'status.nodeInfo.kubeletVersion')),
  wide('Internal-IP', nodeAddress('InternalIP')),
  wide('External-IP', nodeAddress('ExternalIP')),
  wide('OS-Image', nodeInfo('osImage')),
  wide('Kernel-Version', nodeInfo('kernelVersion')),
  wide('Container-Runtime', nodeInfo('containerRuntimeVersion')),
]

const firstSeen = (event: KubeObject): string =>
  text(event, 'firstTimestamp') || text(event, 'deprecatedFirstTimestamp') || text(event, 'eventTime')
const lastSeen = (event: KubeObject): string =>
  text(event, 'series.lastObservedTime') ||
  text(event, 'lastTimestamp') ||
  text(event, 'deprecatedLastTimestamp') ||
  firstSeen(event)
const involved = (event: KubeObject): unknown => event['involvedObject'] ?? event['regarding']
const sourceText = (event: KubeObject): string => {
  const component =
    text(event, 'source.component') ||
    text(event, 'deprecatedSource.component') ||
    text(event, 'reportingComponent') ||
    text(event, 'reportingController')
  const host = text(event, 'source.host') || text(event, 'deprecatedSource.host') || text(event, 'reportingInstance')
  return host ? `${component}, ${host}` : component
}

export const eventColumns: readonly Column[] = [
  column('Last Seen', (o, now) => ageOf(lastSeen(o), now)),
  column('Type', (o) => text(o, 'type')),
  column('Reason', (o) => text(o, 'reason')),
  column('Object', (o) => {
    const about = involved(o)
    return text(about, 'name')
      ? `${text(about, 'kind').toLowerCase()}/${text(about, 'name')}`
      : text(about, 'kind').toLowerCase()
  }),
  wide('Subobject', (o) => text(involved(o), 'fieldPath')),
  wide('Source', sourceText),
  column('Message', (o) => (text(o, 'message') || text(o, 'note')).trim()),
  wide('First Seen', (o, now) => ageOf(firstSeen(o), now)),
  wide('Count', (o) => count(o, 'series.count') || count(o, 'count') || count(o, 'deprecatedCount') || 1),
  wide('Name', (o) => o.metadata.name, { format: 'name' }),
]

export const configMapColumns: readonly Column[] = [
  nameColumn,
  column('Data', (o) => sizeOf(o, 'data') + sizeOf(o, 'binaryData')),
  ageColumn,
]
export const secretColumns: readonly Column[] = [
  nameColumn,
  column('Type', (o) => text(o, 'type')),
  column('Data', (o) => sizeOf(o, 'data')),
  ageColumn,
]
export const serviceAccountColumns: readonly Column[] = [
  nameColumn,
  column('Secrets', (o) => sizeOf(o, 'secrets')),
  ageColumn,
]
export const leaseColumns: readonly Column[] = [
  nameColumn,
  column('Holder', (o) => text(o, 'spec.holderIdentity')),
  ageColumn,
]

const subjects = (kind: string) => (binding: KubeObject) =>
  list(binding, 'subjects')
    .filter((subject) => subject['kind'] === kind)
    .map((subject) =>
      kind === 'ServiceAccount' ? `${text(subject, 'namespace')}/${text(subject, 'name')}` : text(subject, 'name'),
    )
    .join(', ')
export const bindingColumns: readonly Column[] = [
  nameColumn,
  column('Role', (o) => `${text(o, 'roleRef.kind')}/${text(o, 'roleRef.name')}`),
  ageColumn,
  wide('Users', subjects('User')),
  wide('Groups', subjects('Group')),
  wide('ServiceAccounts', subjects('ServiceAccount')),
]

const shortModes: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}
const modes = (object: KubeObject, path: string): string => {
  const found = (at(object, path) ?? []) as string[]
  return Object.keys(shortModes)
    .filter((mode) => found.includes(mode))
    .map((mode) => shortModes[mode])
    .join(',')
}
const phase = (object: KubeObject): string =>
  object.metadata.deletionTimestamp ? 'Terminating' : text(object, 'status.phase')

export const claimColumns: readonly Column[] = [
  nameColumn,
  column('Status', phase),
  column('Volume', (o) => text(o, 'spec.volumeName')),
  column('Capacity', (o) => (text(o, 'spec.volumeName') ? text(o, 'status.capacity.storage') : '')),
  column('Access Modes', (o) => (text(o, 'spec.volumeName') ? modes(o, 'status.accessModes') : '')),
  column('StorageClass', (o) => text(o, 'spec.storageClassName')),
  column('VolumeAttributesClass', (o) => text(o, 'spec.volumeAttributesClassName') || '<unset>'),
  ageColumn,
  wide('VolumeMode', (o) => text(o, 'spec.volumeMode') || '<unset>'),
]
export const volumeColumns: readonly Column[] = [
  nameColumn,
  column('Capacity', (o) => text(o, 'spec.capacity.storage')),
  column('Access Modes', (o) => modes(o, 'spec.accessModes')),
  column('Reclaim Policy', (o) => text(o, 'spec.persistentVolumeReclaimPolicy')),
  column('Status', phase),
  column('Claim', (o) =>
    at(o, 'spec.claimRef') ? `${text(o, 'spec.claimRef.namespace')}/${text(o, 'spec.claimRef.name')}` : '',
  ),
  column('StorageClass', (o) => text(o, 'spec.storageClassName')),
  column('VolumeAttributesClass', (o) => text(o, 'spec.volumeAttributesClassName') || '<unset>'),
  column('Reason', (o) => text(o, 'status.reason')),
  ageColumn,
  wide('VolumeMode', (o) => text(o, 'spec.volumeMode') || '<unset>'),
]
const isDefaultClass = (o: KubeObject): boolean =>
  o.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'
export const storageClassColumns: readonly Column[] = [
  column('Name', (o) => (isDefaultClass(o) ? `${o.metadata.name} (default)` : o.metadata.name), { format: 'name' }),
  column('Provisioner', (o) => text(o, 'provisioner')),
  column('ReclaimPolicy', (o) => text(o, 'reclaimPolicy') || 'Delete'),
  column('VolumeBindingMode', (o) => text(o, 'volumeBindingMode') || 'Immediate'),
  column('AllowVolumeExpansion', (o) => at(o, 'allowVolumeExpansion') === true),
  ageColumn,
]
export const priorityClassColumns: readonly Column[] = [
  nameColumn,
  integer('Value', (o) => count(o, 'value')),
  column('Global-Default', (o) => at(o, 'globalDefault') === true, { type: 'boolean' }),
  ageColumn,
  column('PreemptionPolicy', (o) => text(o, 'preemptionPolicy') || 'PreemptLowerPriority'),
]
export const runtimeClassColumns: readonly Column[] = [
  nameColumn,
  column('Handler', (o) => text(o, 'handler')),
  ageColumn,
]
export const webhookColumns: readonly Column[] = [
  nameColumn,
  integer('Webhooks', (o) => sizeOf(o, 'webhooks')),
  ageColumn,
]
export const apiServiceColumns: readonly Column[] = [
  nameColumn,
  column('Service', (o) =>
    at(o, 'spec.service') ? `${text(o, 'spec.service.namespace')}/${text(o, 'spec.service.name')}` : 'Local',
  ),
  column('Available', (o) => String(condition(o, 'Available')?.['status'] ?? 'Unknown')),
  ageColumn,
]
export const podTemplateColumns: readonly Column[] = [
  nameColumn,
  { ...containersColumn('template'), priority: 0 },
  { ...imagesColumn('template'), priority: 0 },
  column('Pod Labels', (o) => labelsText(at(o, 'template.metadata.labels'))),
]
const quotaText = (o: KubeObject, wanted: (key: string) => boolean): string =>
  Object.entries((at(o, 'status.hard') ?? {}) as Record<string, string>)
    .filter(([key]) => wanted(key))
    .map(([key, hard]) => `${key}: ${((at(o, 'status.used') ?? {}) as Record<string, string>)[key] ?? '0'}/${hard}`)
    .join(', ')
export const quotaColumns: readonly Column[] = [
  nameColumn,
  column('Request', (o) => quotaText(o, (key) => !key.startsWith('limits.'))),
  column('Limit', (o) => quotaText(o, (key) => key.startsWith('limits.'))),
  ageColumn,
]
