/** A node is born with the taint `not-ready`; it goes when its kubelet says that the node is ready. */
import type { KubeObject } from '@drey/reconcile'
import type { Store } from '../store.ts'

const bucket = 'nodes'
const notReady = 'node.kubernetes.io/not-ready'

interface NodeParts {
  spec?: { taints?: { key: string; effect: string }[] }
  status?: { conditions?: { type: string; status: string }[] }
}

export const clearTaints = (store: Store): (() => void) => {
  const look = (node: KubeObject): void => {
    const { spec, status } = node as NodeParts
    if (!spec?.taints?.some((taint) => taint.key === notReady)) return
    if (!status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True')) return
    const taints = spec.taints.filter((taint) => taint.key !== notReady)
    const rest = { ...spec, taints }
    if (!taints.length) delete (rest as NodeParts['spec'] & object).taints
    store.put(bucket, node.metadata.name, { ...node, spec: rest })
  }
  store.list(bucket).forEach(look)
  return store.subscribe((change) => change.type !== 'DELETED' && look(change.object), bucket)
}
