/** How a pod is summed up in one line: ready containers, the word that says most about its state, restarts. */
import type { KubeObject } from '@drey/reconcile'
import { ageColumn, at, column, condition, list, nameColumn, none, text, wide, type Column } from './column.ts'
import { ageOf } from './duration.ts'

export const podColumns: readonly Column[] = [
  nameColumn,
  column('Ready', (pod) => {
    const { ready, total } = summaryOf(pod)
    return `${ready}/${total}`
  }),
  column('Status', (pod) => summaryOf(pod).status),
  column('Restarts', (pod, now) => {
    const { restarts, lastRestart } = summaryOf(pod)
    return restarts && lastRestart ? `${restarts} (${ageOf(lastRestart, now)} ago)` : `${restarts}`
  }),
  ageColumn,
  wide('IP', (pod) => none(text(pod, 'status.podIPs.0.ip') || text(pod, 'status.podIP'))),
  wide('Node', (pod) => none(text(pod, 'spec.nodeName'))),
  wide('Nominated Node', (pod) => none(text(pod, 'status.nominatedNodeName'))),
  wide('Readiness Gates', (pod) => {
    const gates = list(pod, 'spec.readinessGates')
    const open = gates.filter((gate) => condition(pod, String(gate['conditionType']))?.['status'] === 'True').length
    return gates.length ? `${open}/${gates.length}` : '<none>'
  }),
]

interface Summary {
  ready: number
  total: number
  status: string
  restarts: number
  lastRestart: string
}

interface ContainerStatus {
  name: string
  ready?: boolean
  started?: boolean
  restartCount?: number
  state?: {
    waiting?: { reason?: string }
    running?: object
    terminated?: { reason?: string; exitCode?: number; signal?: number; finishedAt?: string }
  }
  lastState?: { terminated?: { finishedAt?: string } }
}

export const summaryOf = (pod: KubeObject): Summary => {
  const initContainers = list(pod, 'spec.initContainers')
  const sidecars = new Set(initContainers.filter((c) => c['restartPolicy'] === 'Always').map((c) => c['name']))
  const summary: Summary = {
    ready: 0,
    total: list(pod, 'spec.containers').length + sidecars.size,
    status: text(pod, 'status.reason') || text(pod, 'status.phase') || 'Unknown',
    restarts: 0,
    lastRestart: '',
  }
  if (condition(pod, 'PodScheduled')?.['reason'] === 'SchedulingGated') summary.status = 'SchedulingGated'

  const initializing = readInit(pod, sidecars, initContainers.length, summary)
  if (!initializing || condition(pod, 'Initialized')?.['status'] === 'True') readMain(pod, summary)
  if (pod.metadata.deletionTimestamp) {
    if (text(pod, 'status.reason') === 'NodeLost') summary.status = 'Unknown'
    else if (!['Succeeded', 'Failed'].includes(text(pod, 'status.phase'))) summary.status = 'Terminating'
  }
  return summary
}

const noteRestarts = (status: ContainerStatus, summary: Summary): void => {
  summary.restarts += status.restartCount ?? 0
  const finished = status.lastState?.terminated?.finishedAt ?? ''
  if (finished > summary.lastRestart) summary.lastRestart = finished
}

const endedAs = (ended: { reason?: string; exitCode?: number; signal?: number }): string =>
  ended.reason || (ended.signal ? `Signal:${ended.signal}` : `ExitCode:${ended.exitCode ?? 0}`)

/** True while an init container is still to finish; then its state is the pod's. */
const readInit = (pod: KubeObject, sidecars: ReadonlySet<unknown>, initCount: number, summary: Summary): boolean => {
  const statuses = list(pod, 'status.initContainerStatuses') as unknown as ContainerStatus[]
  let beforeInit = { restarts: 0, lastRestart: '' }
  for (const [index, status] of statuses.entries()) {
    noteRestarts(status, summary)
    const isSidecar = sidecars.has(status.name)
    if (isSidecar) {
      const counted = { ...summary, restarts: beforeInit.restarts, lastRestart: beforeInit.lastRestart }
      noteRestarts(status, counted)
      beforeInit = counted
    }
    const { terminated, waiting } = status.state ?? {}
    if (terminated && terminated.exitCode === 0) continue
    if (isSidecar && status.started) {
      if (status.ready) summary.ready++
      continue
    }
    if (terminated) summary.status = `Init:${endedAs(terminated)}`
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') summary.status = `Init:${waiting.reason}`
    else summary.status = `Init:${index}/${initCount}`
    return true
  }
  // once the main containers run, only sidecars' restarts of the init phase still count
  summary.restarts = beforeInit.restarts
  summary.lastRestart = beforeInit.lastRestart
  return false
}

const readMain = (pod: KubeObject, summary: Summary): void => {
  const statuses = list(pod, 'status.containerStatuses') as unknown as ContainerStatus[]
  let running = false
  for (const status of statuses.toReversed()) {
    noteRestarts(status, summary)
    const { waiting, terminated } = status.state ?? {}
    if (waiting?.reason) summary.status = waiting.reason
    else if (terminated) summary.status = endedAs(terminated)
    else if (status.ready && at(status, 'state.running')) {
      running = true
      summary.ready++
    }
  }
  if (summary.status === 'Completed' && running)
    summary.status = condition(pod, 'Ready')?.['status'] === 'True' ? 'Running' : 'NotReady'
}
