/** Gets the image of a container ready, and says on the container and in Events how that goes. */
import type { ImageCatalogue, ResolvedImage } from '@drey/flink-home'
import type { Clock, Note } from '@drey/reconcile'
import type { ContainerState } from './record.ts'

export interface FetchPorts {
  image: string
  images: ImageCatalogue
  clock: Clock
  /** `waiting` and `retryAt` are ours while nothing runs */
  state: ContainerState
  event(type: Note['type'], reason: string, message: string): void
  wake(): void
}

const delayMs = { first: 10_000, max: 300_000 }
/** Kubernetes shows the failure first, and from then on that it waits. */
const errorShownMs = 1000

/** Undefined: not now; the state says why and when to try again. */
export const imageFetcher = ({ image, images, clock, state, event, wake }: FetchPorts) => {
  let backoffMs = 0

  const failed = (why: string) => {
    const repeated = backoffMs > 0
    backoffMs = repeated ? Math.min(backoffMs * 2, delayMs.max) : delayMs.first
    state.retryAt = clock.now() + backoffMs
    event('Warning', 'Failed', `Failed to pull image "${image}": ${why}`)
    event('Warning', 'Failed', 'Error: ErrImagePull')
    event('Normal', 'BackOff', `Back-off pulling image "${image}"`)
    const waits = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ${why}` }
    state.waiting = repeated ? waits : { reason: 'ErrImagePull', message: why }
    if (repeated) return
    clock.after(errorShownMs, () => {
      if (state.waiting?.reason !== 'ErrImagePull') return
      state.waiting = waits
      wake()
    })
  }

  return async (signal: AbortSignal): Promise<ResolvedImage | undefined> => {
    const began = clock.now()
    let fetched = false
    const progress = (message: string) => {
      if (!fetched) event('Normal', 'Pulling', `Pulling image "${image}": ${message}`)
      fetched = true
      state.waiting = { reason: 'ContainerCreating', message }
      wake()
    }
    try {
      const resolved = await images.resolve(image, progress, signal)
      backoffMs = 0
      delete state.waiting
      const seconds = ((clock.now() - began) / 1000).toFixed(3)
      if (fetched) event('Normal', 'Pulled', `Successfully pulled image "${image}" in ${seconds}s`)
      else event('Normal', 'Pulled', `Container image "${image}" already present on machine`)
      return resolved
    } catch (error) {
      if (!signal.aborted) failed(error instanceof Error ? error.message : String(error))
      return undefined
    }
  }
}
