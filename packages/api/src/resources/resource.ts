/** What the four resources are declared with, and what a declaration yields. */
import type { StructuralSchema, ValidationRule, Schema } from '@drey/schema'

/** Which resource of the API a request speaks about; the same shape as in the reconcile package. */
export interface ResourceType {
  group: string
  version: string
  resource: string
  kind: string
  namespaced: boolean
}

export interface PrinterColumn {
  readonly name: string
  readonly type: string
  readonly jsonPath: string
  readonly description?: string
}

/** One resource, declared once: CRD, validation, documentation and types derive from this value. */
export interface ResourceDefinition<Spec = unknown, Status = unknown> {
  readonly type: ResourceType
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly description: string
  readonly spec: Schema<Spec>
  readonly status: Schema<Status>
  readonly columns: readonly PrinterColumn[]
  readonly scale?: {
    readonly specReplicasPath: string
    readonly statusReplicasPath: string
    readonly labelSelectorPath?: string
  }
  /** CEL rules beside the schema, with the path of the schema node they belong to (`spec.job`) */
  readonly rules?: readonly ({ readonly at: string } & ValidationRule)[]
}

/** A whole object of a resource. */
export interface FlinkObject<Kind extends string, Spec, Status> {
  apiVersion: 'flink.apache.org/v1beta1'
  kind: Kind
  metadata: FlinkObjectMeta
  spec?: Spec
  status?: Status
  [field: string]: unknown
}

/** Structurally the metadata of any Kubernetes object. */
export interface FlinkObjectMeta {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  generateName?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  ownerReferences?: {
    apiVersion: string
    kind: string
    name: string
    uid: string
    controller?: boolean
    blockOwnerDeletion?: boolean
  }[]
  managedFields?: unknown[]
}

export const group = 'flink.apache.org'
export const version = 'v1beta1'
export const apiVersion = 'flink.apache.org/v1beta1'

export const flinkType = (kind: string): ResourceType => ({
  group,
  version,
  resource: `${kind.toLowerCase()}s`,
  kind,
  namespaced: true,
})

/** The schema of a whole object. `apiVersion`, `kind` and `metadata` belong to the API server. */
export const objectSchema = (definition: ResourceDefinition): StructuralSchema => ({
  type: 'object',
  description: definition.description,
  properties: { spec: definition.spec, status: definition.status },
})
