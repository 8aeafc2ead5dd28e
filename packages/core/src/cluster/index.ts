/** Rendering: what a Flink cluster on Kubernetes consists of. */
export * from './input.ts'
export { renderCluster, ownedBy, type Rendering } from './render.ts'
export { modeOf, type Mode } from './modes.ts'
export { haIsOn, kubernetesHaIsOn } from './flink-config/ha.ts'
export { generationAnnotation, lastStateDummyPath } from './flink-config/deploy-layers.ts'
export { ownedRefs, type OwnedRefs } from './owned.ts'
export { clusterConfig } from './cluster-config.ts'
