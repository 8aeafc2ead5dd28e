/** `/stats/summary` in small: what the node's pods use, where the runtime measures it. */
import type { KubeletTarget } from './target.ts'

export const summary = async (target: KubeletTarget) => {
  const time = new Date().toISOString()
  const usage = (await target.usage?.()) ?? []
  return {
    node: { nodeName: target.pods()[0]?.['spec'] ? nodeOf(target) : '', cpu: { time }, memory: { time } },
    pods: target.pods().map(({ metadata }) => ({
      podRef: { name: metadata.name, namespace: metadata.namespace, uid: metadata.uid },
      containers: usage
        .filter((one) => one.namespace === metadata.namespace && one.pod === metadata.name)
        .map((one) => ({
          name: one.container,
          cpu: { time, usageNanoCores: one.cpuNanoCores },
          memory: { time, workingSetBytes: one.memoryWorkingSetBytes },
        })),
    })),
  }
}

const nodeOf = (target: KubeletTarget): string =>
  (target.pods()[0]?.['spec'] as { nodeName?: string } | undefined)?.nodeName ?? ''
