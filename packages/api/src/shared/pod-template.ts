/**
 * The pod template: by schema a whole core/v1 Pod, as in upstream's CRDs; by meaning a template of which only `metadata` and
 * `spec` count. It stands in `spec`, `spec.jobManager` and `spec.taskManager`.
 */
import { kit } from '@drey/schema'
import type { ValueOf } from '@drey/schema'
import { container, ephemeralContainer } from './pod-containers.ts'
import {
  appArmorOrSeccompProfile,
  b,
  i,
  labelSelector,
  nameValue,
  objectMeta,
  quantities,
  reference,
  requirement,
  resourceRequirements,
  seLinuxOptions,
  t,
  textMap,
  texts,
  windowsOptions,
} from './pod-parts.ts'
import { podStatus } from './pod-status.ts'
import { volume } from './pod-volumes.ts'
const { object, listOf } = kit

const nodeSelectorTerm = object({ matchExpressions: listOf(requirement), matchFields: listOf(requirement) })
const podAffinityTerm = object({
  labelSelector,
  matchLabelKeys: texts,
  mismatchLabelKeys: texts,
  namespaceSelector: labelSelector,
  namespaces: texts,
  topologyKey: t,
})
const podAffinity = object({
  preferredDuringSchedulingIgnoredDuringExecution: listOf(object({ podAffinityTerm, weight: i })),
  requiredDuringSchedulingIgnoredDuringExecution: listOf(podAffinityTerm),
})
const affinity = object({
  nodeAffinity: object({
    preferredDuringSchedulingIgnoredDuringExecution: listOf(object({ preference: nodeSelectorTerm, weight: i })),
    requiredDuringSchedulingIgnoredDuringExecution: object({ nodeSelectorTerms: listOf(nodeSelectorTerm) }),
  }),
  podAffinity,
  podAntiAffinity: podAffinity,
})

const podSecurityContext = object({
  appArmorProfile: appArmorOrSeccompProfile,
  fsGroup: i,
  fsGroupChangePolicy: t,
  runAsGroup: i,
  runAsNonRoot: b,
  runAsUser: i,
  seLinuxChangePolicy: t,
  seLinuxOptions,
  seccompProfile: appArmorOrSeccompProfile,
  supplementalGroups: listOf(i),
  supplementalGroupsPolicy: t,
  sysctls: listOf(nameValue),
  windowsOptions,
})

const podSpec = object({
  activeDeadlineSeconds: i,
  affinity,
  automountServiceAccountToken: b,
  containers: listOf(container),
  dnsConfig: object({ nameservers: texts, options: listOf(nameValue), searches: texts }),
  dnsPolicy: t,
  enableServiceLinks: b,
  ephemeralContainers: listOf(ephemeralContainer),
  hostAliases: listOf(object({ hostnames: texts, ip: t })),
  hostIPC: b,
  hostNetwork: b,
  hostPID: b,
  hostUsers: b,
  hostname: t,
  hostnameOverride: t,
  imagePullSecrets: listOf(reference),
  initContainers: listOf(container),
  nodeName: t,
  nodeSelector: textMap,
  os: reference,
  overhead: quantities,
  preemptionPolicy: t,
  priority: i,
  priorityClassName: t,
  readinessGates: listOf(object({ conditionType: t })),
  resourceClaims: listOf(object({ name: t, resourceClaimName: t, resourceClaimTemplateName: t })),
  resources: resourceRequirements,
  restartPolicy: t,
  runtimeClassName: t,
  schedulerName: t,
  schedulingGates: listOf(reference),
  schedulingGroup: object({ podGroupName: t }),
  securityContext: podSecurityContext,
  serviceAccount: t,
  serviceAccountName: t,
  setHostnameAsFQDN: b,
  shareProcessNamespace: b,
  subdomain: t,
  terminationGracePeriodSeconds: i,
  tolerations: listOf(object({ effect: t, key: t, operator: t, tolerationSeconds: i, value: t })),
  topologySpreadConstraints: listOf(
    object({
      labelSelector,
      matchLabelKeys: texts,
      maxSkew: i,
      minDomains: i,
      nodeAffinityPolicy: t,
      nodeTaintsPolicy: t,
      topologyKey: t,
      whenUnsatisfiable: t,
    }),
  ),
  volumes: listOf(volume),
})

export const podTemplate = (description: string) =>
  object({ apiVersion: t, kind: t, metadata: objectMeta, spec: podSpec, status: podStatus }, description, {
    compare: 'pod-template',
  })

export type PodTemplate = ValueOf<ReturnType<typeof podTemplate>>
