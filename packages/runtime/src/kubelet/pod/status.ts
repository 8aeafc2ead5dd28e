/** The status of a pod as a kubelet reports it, from what is known about its containers. */
import type {
  ContainerState as ApiState,
  ContainerStatus,
  PodCondition,
  PodStatus,
} from 'kubernetes-types/core/v1.d.ts'
import type { Pod } from '../../kinds/types.ts'
import { containersOf, restarts, type PartContainer } from './containers.ts'
import type { ContainerState, InstanceRecord, PodRecord } from './record.ts'

export interface StatusView {
  pod: Pod
  record: PodRecord
  containers: ReadonlyMap<string, ContainerState>
  /** volumes are there and the network is: containers can be started */
  sandboxReady: boolean
  /** nothing runs and nothing will */
  over: boolean
  hostIp: string
  now: number
}

export const statusOf = (view: StatusView): PodStatus => {
  const all = containersOf(view.pod)
  const statuses = (which: (part: PartContainer) => boolean) =>
    all.filter(which).map((part) => containerStatus(view, part))
  const main = statuses(({ part }) => part === 'main')
  const init = statuses(({ part }) => part !== 'main')
  const phase = phaseOf(view, all)
  const { ip, verdict } = view.record
  return {
    phase,
    conditions: conditionsOf(view, all, phase),
    hostIP: view.hostIp,
    ...({ hostIPs: [{ ip: view.hostIp }] } as object),
    podIP: ip,
    podIPs: [{ ip }],
    startTime: time(view.record.startedAt),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: main,
    ...(view.pod.status?.qosClass ? { qosClass: view.pod.status.qosClass } : {}),
    ...(verdict && view.over ? { reason: verdict.reason, message: verdict.message } : {}),
  }
}

/** Kubernetes times have seconds. */
export const time = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')

const phaseOf = (view: StatusView, all: readonly PartContainer[]): string => {
  if (view.over) {
    if (view.record.verdict) return 'Failed'
    const codes = all
      .filter(({ part }) => part !== 'sidecar')
      .map(({ container }) => view.containers.get(container.name)?.record.current?.ended?.code)
    return codes.some((code) => code !== undefined && code !== 0) || codes.some((code) => code === undefined)
      ? 'Failed'
      : 'Succeeded'
  }
  if (!view.record.initialized) return 'Pending'
  const mains = all.filter(({ part }) => part === 'main').map(({ container }) => view.containers.get(container.name))
  // A container that ran before and waits to be restarted keeps its pod Running.
  return mains.every((state) => state?.record.current !== undefined && hasRun(state)) ? 'Running' : 'Pending'
}

const hasRun = ({ record, instance }: ContainerState) =>
  record.current?.ended !== undefined || record.previous !== undefined || instance?.pid !== undefined

const containerStatus = (view: StatusView, { part, container }: PartContainer): ContainerStatus => {
  const state = view.containers.get(container.name)
  const { current, previous, restarts: restartCount = 0 } = state?.record ?? {}
  const running = current !== undefined && !current.ended && state?.instance?.pid !== undefined
  const willRestart = current?.ended !== undefined && !view.over && restarts(view.pod, part, current.ended.code)
  const waits = !running && (current?.ended === undefined || (willRestart && state?.waiting !== undefined))
  const last = waits && current?.ended ? current : previous
  const now: ApiState = running
    ? { running: { startedAt: time(state?.instance?.startedAt ?? view.now) } }
    : !waits && current?.ended
      ? { terminated: terminated(view, container.name, current) }
      : { waiting: state?.waiting ?? defaultWaiting(view, part) }
  return {
    name: container.name,
    image: current?.image ?? container.image ?? '',
    imageID: current?.imageId ?? '',
    ...(current ? { containerID: containerId(view.record, container.name, current.n) } : {}),
    restartCount,
    ready: part === 'init' ? current?.ended?.code === 0 : running && state.ready,
    started: running ? state.started : false,
    state: now,
    lastState: last?.ended ? { terminated: terminated(view, container.name, last) } : {},
  }
}

export const containerId = (record: { uid: string }, container: string, n: number): string =>
  `drey://${record.uid}/${container}/${n}`

const defaultWaiting = ({ pod, record }: StatusView, part: PartContainer['part']) => ({
  reason:
    part === 'main' && !record.initialized && pod.spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating',
})

const terminated = ({ record }: StatusView, name: string, { n, ended }: InstanceRecord) => {
  if (!ended) return { exitCode: 0 }
  const { code, reason, message, startedAt, finishedAt } = ended
  return {
    exitCode: code,
    reason,
    ...(message ? { message } : {}),
    startedAt: time(startedAt ?? finishedAt),
    finishedAt: time(finishedAt),
    containerID: containerId(record, name, n),
  }
}

const conditionsOf = (view: StatusView, all: readonly PartContainer[], phase: string): PodCondition[] => {
  const { pod, record, sandboxReady, over } = view
  const name = ({ container }: PartContainer) => container.name
  const list = (parts: readonly PartContainer[]) => `[${parts.map(name).join(' ')}]`
  const state = (part: PartContainer) => view.containers.get(name(part))
  const notDone = all.filter((part) => part.part === 'init' && state(part)?.record.current?.ended?.code !== 0)
  const longRunning = all.filter(({ part }) => part !== 'init')
  const unready = longRunning.filter(
    (part) => !(state(part)?.instance?.pid !== undefined && !state(part)?.instance?.ended && state(part)?.ready),
  )
  const notReady =
    phase === 'Succeeded'
      ? { reason: 'PodCompleted' }
      : phase === 'Failed'
        ? { reason: 'PodFailed' }
        : { reason: 'ContainersNotReady', message: `containers with unready status: ${list(unready)}` }
  const containersReady = unready.length === 0 && !over
  const gates = (pod.spec.readinessGates ?? []).filter(
    ({ conditionType }) => pod.status?.conditions?.find(({ type }) => type === conditionType)?.status !== 'True',
  )
  const wanted: Omit<PodCondition, 'lastTransitionTime'>[] = [
    { type: 'PodReadyToStartContainers', status: bool(sandboxReady && !over) },
    record.initialized || phase === 'Succeeded' || !pod.spec.initContainers?.length
      ? { type: 'Initialized', status: 'True', ...(phase === 'Succeeded' ? { reason: 'PodCompleted' } : {}) }
      : {
          type: 'Initialized',
          status: 'False',
          reason: 'ContainersNotInitialized',
          message: `containers with incomplete status: ${list(notDone)}`,
        },
    containersReady && gates.length > 0
      ? {
          type: 'Ready',
          status: 'False',
          reason: 'ReadinessGatesNotReady',
          message: `corresponding condition of pod readiness gate "${gates[0]?.conditionType}" does not exist.`,
        }
      : { type: 'Ready', status: bool(containersReady), ...(containersReady ? {} : notReady) },
    { type: 'ContainersReady', status: bool(containersReady), ...(containersReady ? {} : notReady) },
    { type: 'PodScheduled', status: 'True' },
  ]
  const before = pod.status?.conditions ?? []
  const since = (type: string, status: string) => {
    const old = before.find((condition) => condition.type === type)
    return old?.status === status && old.lastTransitionTime ? old.lastTransitionTime : time(view.now)
  }
  return [
    // Conditions of others (readiness gates, DisruptionTarget) stay as they are.
    ...before.filter(({ type }) => !wanted.some((condition) => condition.type === type)),
    ...wanted.map((condition) => ({ ...condition, lastTransitionTime: since(condition.type, condition.status) })),
  ]
}

const bool = (value: boolean) => (value ? 'True' : 'False')
