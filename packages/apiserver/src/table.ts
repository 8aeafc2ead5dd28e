/** Objects as a Table: the columns that `kubectl get` prints, computed by the server. */
import type { KubeObject } from '@drey/reconcile'
import type { PrinterColumn, ResourceInfo } from './api-server.ts'
import type { KubeObjectList } from './types.ts'
import * as cluster from './table/cluster.ts'
import { ageColumn, createdColumn, nameColumn, type Column } from './table/column.ts'
import { ageOf } from './table/duration.ts'
import { findAll } from './table/jsonpath.ts'
import * as network from './table/network.ts'
import { podColumns } from './table/pods.ts'
import * as workloads from './table/workloads.ts'

export type IncludeObject = 'Object' | 'Metadata' | 'None'

export interface TableOptions {
  /** of `meta.k8s.io` */
  version: string
  include: IncludeObject
  now: number
  /** later events of a watch repeat no column definitions */
  withColumns?: boolean
}

/** The Table of one object or a list. `columns` come from `columnsOf`, asked once per request or watch. */
export const tableOf = (
  columns: readonly Column[],
  body: KubeObject | KubeObjectList,
  options: TableOptions,
): Record<string, unknown> => {
  const isList = Array.isArray((body as KubeObjectList).items)
  const objects = isList ? (body as KubeObjectList).items : [body as KubeObject]
  const metadata = isList
    ? body.metadata
    : body.metadata.resourceVersion
      ? { resourceVersion: body.metadata.resourceVersion }
      : {}
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata,
    columnDefinitions:
      options.withColumns === false
        ? null
        : columns.map(({ name, type, format = '', description, priority }) => ({
            name,
            type,
            format,
            description,
            priority,
          })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, options.now) ?? null),
      ...(options.include === 'None'
        ? {}
        : { object: options.include === 'Object' ? object : metadataOf(object, options.version) }),
    })),
  }
}

/** Only type and metadata of an object. */
export const metadataOf = (object: KubeObject, version = 'v1'): KubeObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata: object.metadata,
})

export const columnsOf = (info: ResourceInfo): readonly Column[] => {
  if (info.origin === 'builtin') return builtin[info.resource] ?? [nameColumn, createdColumn]
  const own = info.printerColumns
  return own?.length ? [nameColumn, ...own.map(fromCrd)] : [nameColumn, ageColumn]
}

const fromCrd = (column: PrinterColumn): Column => ({
  name: column.name,
  type: column.type as Column['type'],
  ...(column.format ? { format: column.format } : {}),
  priority: column.priority ?? 0,
  description: column.description ?? `Custom resource definition column (in JSONPath format): ${column.jsonPath}`,
  cell: (object, now) => crdCell(column, findAll(column.jsonPath, object), now),
})

const crdCell = (column: PrinterColumn, found: readonly unknown[], now: number): unknown => {
  const first = found[0]
  if (first === undefined || first === null) return null
  switch (column.type) {
    case 'integer':
      return typeof first === 'number' ? Math.trunc(first) : null
    case 'number':
      return typeof first === 'number' ? first : null
    case 'boolean':
      return typeof first === 'boolean' ? first : null
    case 'date':
      return ageOf(first, now)
    default:
      return found.map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value))).join(' ')
  }
}

const builtin: Readonly<Record<string, readonly Column[]>> = {
  pods: podColumns,
  deployments: workloads.deploymentColumns,
  replicasets: workloads.replicaSetColumns,
  replicationcontrollers: workloads.replicaSetColumns,
  statefulsets: workloads.statefulSetColumns,
  daemonsets: workloads.daemonSetColumns,
  jobs: workloads.jobColumns,
  cronjobs: workloads.cronJobColumns,
  controllerrevisions: workloads.controllerRevisionColumns,
  poddisruptionbudgets: workloads.podDisruptionBudgetColumns,
  horizontalpodautoscalers: workloads.autoscalerColumns,
  services: network.serviceColumns,
  endpoints: network.endpointsColumns,
  endpointslices: network.endpointSliceColumns,
  ingresses: network.ingressColumns,
  ingressclasses: network.ingressClassColumns,
  networkpolicies: network.networkPolicyColumns,
  namespaces: cluster.namespaceColumns,
  nodes: cluster.nodeColumns,
  events: cluster.eventColumns,
  configmaps: cluster.configMapColumns,
  secrets: cluster.secretColumns,
  serviceaccounts: cluster.serviceAccountColumns,
  leases: cluster.leaseColumns,
  rolebindings: cluster.bindingColumns,
  clusterrolebindings: cluster.bindingColumns,
  persistentvolumeclaims: cluster.claimColumns,
  persistentvolumes: cluster.volumeColumns,
  storageclasses: cluster.storageClassColumns,
  priorityclasses: cluster.priorityClassColumns,
  runtimeclasses: cluster.runtimeClassColumns,
  mutatingwebhookconfigurations: cluster.webhookColumns,
  validatingwebhookconfigurations: cluster.webhookColumns,
  apiservices: cluster.apiServiceColumns,
  podtemplates: cluster.podTemplateColumns,
  resourcequotas: cluster.quotaColumns,
}
