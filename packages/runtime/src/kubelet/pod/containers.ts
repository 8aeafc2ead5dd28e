/** The containers of a pod by the part they play. */
import type { Container } from 'kubernetes-types/core/v1.d.ts'
import type { Pod } from '../../kinds/types.ts'

export type Part = 'init' | 'sidecar' | 'main'

export interface PartContainer {
  part: Part
  container: Container
}

const isSidecar = (container: Container) => (container as { restartPolicy?: string }).restartPolicy === 'Always'

/** In the order they are started. */
export const containersOf = (pod: Pod): PartContainer[] => [
  ...(pod.spec.initContainers ?? []).map((container): PartContainer => ({
    part: isSidecar(container) ? 'sidecar' : 'init',
    container,
  })),
  ...pod.spec.containers.map((container): PartContainer => ({ part: 'main', container })),
]

/** Whether an ended instance of this container is to be followed by another one. */
export const restarts = (pod: Pod, part: Part, code: number): boolean => {
  if (part === 'sidecar') return true
  const policy = pod.spec.restartPolicy ?? 'Always'
  if (part === 'init') return code !== 0 && policy !== 'Never'
  return policy === 'Always' || (policy === 'OnFailure' && code !== 0)
}
