/** Namespaces, nodes and priority classes. */
import { notLabel } from './names.ts'
import type { Strategy } from './strategy.ts'

type Json = Record<string, any>

export const namespaces: Strategy = {
  status: true,
  name: notLabel,
  defaults(draft) {
    if (draft.metadata.name)
      draft.metadata.labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': draft.metadata.name }
  },
  create(draft) {
    draft['spec'] = { ...draft['spec'], finalizers: [...new Set([...(draft['spec']?.finalizers ?? []), 'kubernetes'])] }
    draft['status'] = { phase: 'Active' }
    draft.metadata.labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': draft.metadata.name }
  },
  update(draft, old) {
    draft['spec'] = old['spec']
    draft.metadata.labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': draft.metadata.name }
  },
}

export const nodes: Strategy = {
  status: true,
  create(draft) {
    draft['spec'] ??= {}
    draft['status'] = { daemonEndpoints: { kubeletEndpoint: { Port: 0 } }, nodeInfo: emptyNodeInfo, ...draft['status'] }
    const spec: Json = draft['spec']
    if (!(spec['taints'] ?? []).some((taint: Json) => taint['key'] === 'node.kubernetes.io/not-ready'))
      spec['taints'] = [...(spec['taints'] ?? []), { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]
  },
}

const emptyNodeInfo = Object.fromEntries(
  [
    'machineID',
    'systemUUID',
    'bootID',
    'kernelVersion',
    'osImage',
    'containerRuntimeVersion',
    'kubeletVersion',
    'kubeProxyVersion',
    'operatingSystem',
    'architecture',
  ].map((key) => [key, '']),
)

export const priorityClasses: Strategy = {
  generation: true,
  defaults(draft) {
    draft['preemptionPolicy'] ??= 'PreemptLowerPriority'
    draft['value'] ??= 0
  },
}
