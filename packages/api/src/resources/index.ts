/** The four resources, and their CRDs as objects ready to be sent to an API server. */
import { customResourceDefinition, type CustomResourceDefinition } from '@drey/schema'
import { flinkBlueGreenDeploymentDefinition } from './flink-blue-green-deployment.ts'
import { flinkDeploymentDefinition } from './flink-deployment.ts'
import { flinkSessionJobDefinition } from './flink-session-job.ts'
import { flinkStateSnapshotDefinition } from './flink-state-snapshot.ts'
import type { ResourceDefinition } from './resource.ts'

export const resourceDefinitions: readonly ResourceDefinition[] = [
  flinkDeploymentDefinition,
  flinkSessionJobDefinition,
  flinkStateSnapshotDefinition,
  flinkBlueGreenDeploymentDefinition,
] as readonly ResourceDefinition[]

export const definitionOfKind = (kind: string): ResourceDefinition | undefined =>
  resourceDefinitions.find((definition) => definition.type.kind === kind)

/** The committed CRDs, as values. Their rules need Kubernetes 1.30 or later. */
export const crds: readonly CustomResourceDefinition[] = resourceDefinitions.map((definition) =>
  customResourceDefinition(definition),
)

/** The same CRDs without rules, for older API servers. */
export const crdsWithoutRules: readonly CustomResourceDefinition[] = resourceDefinitions.map((definition) =>
  customResourceDefinition(definition, { rules: false }),
)

export * from './resource.ts'
export * from './flink-deployment.ts'
export * from './flink-session-job.ts'
export * from './flink-state-snapshot.ts'
export * from './flink-blue-green-deployment.ts'
