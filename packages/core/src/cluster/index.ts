/** Rendering: what a Flink cluster on Kubernetes consists of. */
export { pendingOwnerUid } from './input.ts'
export type { ClusterResource, ClusterSpec, OperatorSide, RenderInput, RenderProblem, RestoreIntent } from './input.ts'
export { renderCluster, ownedBy, type Rendering } from './render.ts'
export { modeOf, type Mode } from './modes.ts'
export { haIsOn, kubernetesHaIsOn } from './flink-config/ha.ts'
export { generationAnnotation, lastStateDummyPath } from './flink-config/deploy-layers.ts'
export { ownedRefs, type OwnedRefs } from './owned.ts'
export { clusterConfig } from './cluster-config.ts'
