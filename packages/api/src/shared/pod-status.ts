/** The status of a pod. A template has none, but upstream's CRDs keep one when it is written, so ours do too. */
import { kit } from '@drey/schema'
import { b, i, quantities, resourceRequirements, t, texts } from './pod-parts.ts'
const { object, listOf } = kit

const containerState = object({
  running: object({ startedAt: t }),
  terminated: object({
    containerID: t,
    exitCode: i,
    finishedAt: t,
    message: t,
    reason: t,
    signal: i,
    startedAt: t,
  }),
  waiting: object({ message: t, reason: t }),
})

const containerStatuses = listOf(
  object({
    allocatedResources: quantities,
    allocatedResourcesStatus: listOf(
      object({ name: t, resources: listOf(object({ health: t, message: t, resourceID: t })) }),
    ),
    containerID: t,
    image: t,
    imageID: t,
    lastState: containerState,
    name: t,
    ready: b,
    resources: resourceRequirements,
    restartCount: i,
    started: b,
    state: containerState,
    stopSignal: t,
    user: object({ linux: object({ gid: i, supplementalGroups: listOf(i), uid: i }) }),
    volumeMounts: listOf(
      object({
        mountPath: t,
        name: t,
        readOnly: b,
        recursiveReadOnly: t,
        volumeStatus: object({ image: object({ imageRef: t }) }),
      }),
    ),
  }),
)
const addresses = listOf(object({ ip: t }))

export const podStatus = object({
  allocatedResources: quantities,
  conditions: listOf(
    object({
      lastProbeTime: t,
      lastTransitionTime: t,
      message: t,
      observedGeneration: i,
      reason: t,
      status: t,
      type: t,
    }),
  ),
  containerStatuses,
  ephemeralContainerStatuses: containerStatuses,
  extendedResourceClaimStatus: object({
    requestMappings: listOf(object({ containerName: t, requestName: t, resourceName: t })),
    resourceClaimName: t,
  }),
  hostIP: t,
  hostIPs: addresses,
  initContainerStatuses: containerStatuses,
  message: t,
  nodeAllocatableResourceClaimStatuses: listOf(
    object({ containers: texts, resourceClaimName: t, resources: quantities }),
  ),
  nominatedNodeName: t,
  observedGeneration: i,
  phase: t,
  podIP: t,
  podIPs: addresses,
  qosClass: t,
  reason: t,
  resize: t,
  resourceClaimStatuses: listOf(object({ name: t, resourceClaimName: t })),
  resources: resourceRequirements,
  startTime: t,
})
