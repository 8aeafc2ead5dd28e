/**
 * What to do for a pod now: which containers to start and to stop, from what is known about them. Pure; the worker carries
 * it out and asks again after every change.
 */
import type { Pod } from '../../kinds/types.ts'
import { containersOf, restarts, type PartContainer } from './containers.ts'
import type { ContainerState } from './record.ts'

export interface PodView {
  pod: Pod
  containers: ReadonlyMap<string, ContainerState>
  /** all init containers have done their part once */
  initialized: boolean
  /** the pod is being deleted, evicted, or past its deadline */
  ending: boolean
  now: number
}

export interface PodStep {
  start: readonly PartContainer[]
  stop: readonly PartContainer[]
  initialized: boolean
  /** nothing runs and nothing will */
  over: boolean
  /** when a container may be started again, milliseconds since the epoch */
  nextAt?: number
}

export const decidePod = (view: PodView): PodStep => {
  const all = containersOf(view.pod)
  if (view.ending || failedInit(view, all)) return endPod(view, all)
  const plan = { start: [] as PartContainer[], nextAt: Infinity }
  const initialized = runInit(view, all, plan)
  if (initialized) {
    const mains = all.filter(({ part }) => part === 'main')
    if (mains.every((main) => isDone(view, main))) return { ...endPod(view, all), initialized }
    for (const main of mains) startIfDue(view, main, plan)
  }
  return {
    start: plan.start,
    stop: [],
    initialized,
    over: false,
    ...(plan.nextAt < Infinity ? { nextAt: plan.nextAt } : {}),
  }
}

const stateOf = (view: PodView, { container }: PartContainer) => view.containers.get(container.name)
const codeOf = (view: PodView, part: PartContainer) => stateOf(view, part)?.record.current?.ended?.code
const isBusy = (state: ContainerState | undefined) =>
  state !== undefined &&
  (state.starting || state.stopping || (state.record.current !== undefined && !state.record.current.ended))

/** ended for good */
const isDone = (view: PodView, part: PartContainer): boolean => {
  const code = codeOf(view, part)
  return code !== undefined && !isBusy(stateOf(view, part)) && !restarts(view.pod, part.part, code)
}

const failedInit = (view: PodView, all: readonly PartContainer[]) =>
  !view.initialized && all.some((part) => part.part === 'init' && isDone(view, part) && codeOf(view, part) !== 0)

/** Starts init containers one after the other; true when all have done their part. Sidecars are started for good. */
const runInit = (view: PodView, all: readonly PartContainer[], plan: Plan): boolean => {
  let waiting = false
  for (const part of all) {
    if (part.part === 'main' || waiting) continue
    const state = stateOf(view, part)
    if (part.part === 'sidecar') {
      startIfDue(view, part, plan)
      waiting = !view.initialized && !(state?.instance && state.started)
    } else if (!view.initialized && codeOf(view, part) !== 0) {
      startIfDue(view, part, plan)
      waiting = true
    }
  }
  return view.initialized || !waiting
}

interface Plan {
  start: PartContainer[]
  nextAt: number
}

const startIfDue = (view: PodView, part: PartContainer, plan: Plan) => {
  const state = stateOf(view, part)
  const code = codeOf(view, part)
  if (isBusy(state) || (code !== undefined && !restarts(view.pod, part.part, code))) return
  if (state?.retryAt !== undefined && state.retryAt > view.now) plan.nextAt = Math.min(plan.nextAt, state.retryAt)
  else plan.start.push(part)
}

/** Main containers first; sidecars when they are gone, the last one started first. */
const endPod = (view: PodView, all: readonly PartContainer[]): PodStep => {
  const busy = all.filter((part) => isBusy(stateOf(view, part)))
  const first = busy.filter(({ part }) => part !== 'sidecar')
  const stop = (first.length > 0 ? first : busy.slice(-1)).filter((part) => !stateOf(view, part)?.stopping)
  return { start: [], stop, initialized: view.initialized, over: busy.length === 0 }
}
