/** Rendering: what a Flink cluster on Kubernetes consists of. */
export { pendingOwnerUid } from './input.ts'
export type { ClusterResource, ClusterSpec, OperatorSide, RenderInput, RenderProblem, RestoreIntent } from './input.ts'
export { renderCluster, renderIngress, type Rendering } from './render.ts'
export { modeOf, type Mode } from './modes.ts'
export { haIsOn, kubernetesHaIsOn } from './flink-config/ha.ts'
export { generationAnnotation, lastStateDummyPath } from './flink-config/deploy-layers.ts'
export { ownedRefs, type HaMetadata, type OwnedRefs } from './owned.ts'
export { clusterConfig, sessionJobConfig, type ConfigResult } from './cluster-config.ts'
