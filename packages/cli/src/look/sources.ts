/** Asks every source of the documents, all at once and each by itself. */
import { flinkDeployments, flinkSessionJobs, type FlinkDeploymentSpec, type FlinkStateSnapshot } from '@drey/api'
import {
  historyKey,
  historyName,
  readHistory,
  type EventFact,
  type FlinkKind,
  type FlinkSight,
  type OperatorSight,
  type PodSight,
  type Sources,
} from '@drey/core'
import { flinkClient } from '@drey/flink'
import { configMaps, deployments, events, pods } from '@drey/kube'
import { known, unknown, type Fact, type KubeObject } from '@drey/reconcile'
import type { Context } from '../command.ts'
import { homePaths } from '../home/paths.ts'
import { runningHome } from '../home/state.ts'
import type { Target } from '../target.ts'
import { factOf } from './facts.ts'
import { proxiedFlink } from './flink-proxy.ts'
import type { Subject } from './subject.ts'

const flinkTimeoutMs = 3_000

export const sourcesOf = async (context: Context, target: Target, subject: Subject): Promise<Sources> => {
  const { kind, resource } = subject
  const namespace = resource.metadata.namespace ?? target.namespace
  const clusterName =
    kind === 'FlinkDeployment'
      ? resource.metadata.name
      : kind === 'FlinkSessionJob'
        ? ((resource['spec'] as { deploymentName?: string } | undefined)?.deploymentName ?? '')
        : undefined
  const [parent, seenEvents, history, seenPods, flink, operator] = await Promise.all([
    parentOf(target, subject, namespace),
    eventsOf(target, subject, namespace),
    historyOf(target, kind, resource.metadata.name, namespace),
    clusterName === undefined ? known([]) : podsOf(target, namespace, clusterName),
    clusterName === undefined
      ? unknown('a snapshot has no JobManager')
      : flinkOf(target, subject, namespace, clusterName),
    operatorOf(context, target),
  ])
  return {
    now: Date.now(),
    cluster: target.name,
    kind,
    resource,
    parent,
    events: seenEvents,
    history,
    pods: seenPods,
    flink,
    operator,
  }
}

const parentOf = async (
  { client }: Target,
  { kind, resource }: Subject,
  namespace: string,
): Promise<Sources['parent']> => {
  if (kind === 'FlinkDeployment') return undefined
  if (kind === 'FlinkSessionJob') {
    const name = (resource['spec'] as { deploymentName?: string } | undefined)?.deploymentName ?? ''
    return factOf(`get flinkdeployments in ${namespace}`, () =>
      client.find({ type: flinkDeployments, namespace, name }),
    )
  }
  const { name = '', kind: jobKind = 'FlinkDeployment' } =
    (resource as unknown as FlinkStateSnapshot).spec?.jobReference ?? {}
  const type = jobKind === 'FlinkSessionJob' ? flinkSessionJobs : flinkDeployments
  return factOf(`get ${type.resource} in ${namespace}`, () => client.find({ type, namespace, name: name ?? '' }))
}

interface EventObject extends KubeObject {
  involvedObject?: { kind?: string; name?: string; uid?: string }
  type?: string
  reason?: string
  message?: string
  count?: number
  firstTimestamp?: string | null
  lastTimestamp?: string | null
  eventTime?: string | null
  source?: { component?: string }
  reportingComponent?: string
}

/** Of the resource itself, and warnings about its pods and its Deployment. */
const eventsOf = (
  { client }: Target,
  { resource, kind }: Subject,
  namespace: string,
): Promise<Fact<readonly EventFact[]>> =>
  factOf(`list events in ${namespace}`, async () => {
    const { items } = await client.list<EventObject>(events, { namespace })
    const { name, uid, creationTimestamp = '' } = resource.metadata
    const isOfPod = new RegExp(`^${name}(-taskmanager-\\d+-\\d+|-[a-z0-9]+(-[a-z0-9]+)?)$`)
    return items
      .toSorted((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .filter(({ involvedObject: about, type }) => {
        if (about?.uid !== undefined && about.uid === uid) return true
        if (about?.kind === kind) return about.name === name && about.uid === undefined
        if (kind !== 'FlinkDeployment' || type !== 'Warning') return false
        return (
          (about?.kind === 'Pod' && isOfPod.test(about.name ?? '')) ||
          (about?.kind === 'Deployment' && about.name === name)
        )
      })
      .map(eventFact)
      .filter(({ at }) => at >= Date.parse(creationTimestamp) - 1_000)
      .toSorted((a, b) => a.at - b.at)
  })

const eventFact = (event: EventObject): EventFact => {
  const last = event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? ''
  return {
    at: Date.parse(last) || 0,
    firstAt: Date.parse(event.firstTimestamp ?? last) || 0,
    count: event.count ?? 1,
    type: event.type === 'Warning' ? 'Warning' : 'Normal',
    reason: event.reason ?? '',
    message: event.message ?? '',
    component: event.source?.component ?? event.reportingComponent ?? '',
    about: { kind: event.involvedObject?.kind ?? '', name: event.involvedObject?.name ?? '' },
  }
}

const historyOf = (
  { client }: Target,
  kind: FlinkKind,
  name: string,
  namespace: string,
): Promise<Sources['history']> =>
  kind === 'FlinkStateSnapshot'
    ? Promise.resolve(known([]))
    : factOf(`get configmaps in ${namespace}`, async () => {
        const found = await client.find<KubeObject & { data?: Record<string, string> }>({
          type: configMaps,
          namespace,
          name: historyName(kind, name),
        })
        return found && readHistory(found.data?.[historyKey])
      })

interface PodObject extends KubeObject {
  status?: {
    phase?: string
    conditions?: { type?: string; status?: string; reason?: string; message?: string }[]
    containerStatuses?: ContainerStatus[]
    initContainerStatuses?: ContainerStatus[]
  }
}
interface ContainerStatus {
  restartCount?: number
  state?: { waiting?: { reason?: string; message?: string } }
  lastState?: { terminated?: { reason?: string; message?: string; exitCode?: number } }
}

const podsOf = ({ client }: Target, namespace: string, cluster: string): Promise<Fact<readonly PodSight[]>> =>
  factOf(`list pods in ${namespace}`, async () =>
    (await client.list<PodObject>(pods, { namespace, labelSelector: `app=${cluster}` })).items.map(podSight),
  )

/** On their way rather than stuck. */
const passing = new Set(['ContainerCreating', 'PodInitializing'])

const podSight = ({ metadata, status }: PodObject): PodSight => {
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  const waiting = containers.find(
    ({ state }) => state?.waiting?.reason && (!passing.has(state.waiting.reason) || state.waiting.message),
  )
  const unscheduled = status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False')
  const ended = waiting?.lastState?.terminated
  return {
    name: metadata.name,
    component: metadata.labels?.['component'] ?? '',
    phase: status?.phase ?? 'Unknown',
    ready: status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
    deleting: Boolean(metadata.deletionTimestamp),
    createdAt: Date.parse(metadata.creationTimestamp ?? '') || 0,
    restarts: Math.max(0, ...containers.map(({ restartCount = 0 }) => restartCount)),
    ...(waiting
      ? {
          waits: {
            reason: waiting.state?.waiting?.reason ?? '',
            message: waiting.state?.waiting?.message || ended?.message || (ended ? `exit code ${ended.exitCode}` : ''),
          },
        }
      : unscheduled
        ? { waits: { reason: unscheduled.reason ?? 'Pending', message: unscheduled.message ?? '' } }
        : {}),
  }
}

const flinkOf = (
  target: Target,
  { resource }: Subject,
  namespace: string,
  cluster: string,
): Promise<Fact<FlinkSight>> =>
  factOf(`get services/proxy in ${namespace}`, async () => {
    const { jobStatus } = (resource['status'] ?? {}) as { jobStatus?: { jobId?: string } }
    const port = portOf(resource['spec'] as FlinkDeploymentSpec | undefined)
    const http = proxiedFlink(target.client.transport)
    const flink = flinkClient(http)
    const at = { base: `http://${cluster}-rest.${namespace}:${port}`, timeoutMs: target.timeoutMs ?? flinkTimeoutMs }
    const jobs = await flink.jobs(at)
    const job = jobs.find(({ jobId }) => jobId === jobStatus?.jobId)
    const [overview, checkpoints, config] = await Promise.all([
      http({ ...at, method: 'GET', path: '/overview' }).catch(() => undefined),
      job ? flink.checkpoints(at, job.jobId).catch(() => undefined) : undefined,
      flink.config(at).catch(() => undefined),
    ])
    const counts = (overview?.body ?? {}) as Record<string, unknown>
    const [total, free] = [Number(counts['slots-total']), Number(counts['slots-available'])]
    return {
      ...(config ? { version: config.flinkVersion } : {}),
      ...(job ? { job } : {}),
      ...(checkpoints ? { checkpoints } : {}),
      ...(Number.isFinite(total) && Number.isFinite(free) ? { slots: { total, free } } : {}),
      ...(Number.isFinite(Number(counts['taskmanagers'])) ? { taskManagers: Number(counts['taskmanagers']) } : {}),
    }
  })

const portOf = (spec: FlinkDeploymentSpec | undefined): string => {
  const flat = (spec?.flinkConfiguration ?? {}) as Record<string, unknown>
  const port = Number(flat['rest.port'])
  return String(port > 0 ? port : 8081)
}

/** The home's own process, or a Deployment that looks like an operator's. */
const operatorOf = async (context: Context, target: Target): Promise<OperatorSight> => {
  const paths = homePaths(context.flags, context.env)
  const home = runningHome(paths)
  const isHome =
    target.name.startsWith('home ') || (home !== undefined && context.env['KUBECONFIG'] === paths.kubeconfig)
  if (isHome && home)
    return {
      by: `process ${home.process.pid} of home ${paths.name}`,
      alive:
        home.operator === false
          ? unknown('the home runs without one (--no-operator); another may act on it')
          : known(true),
    }
  const labelSelector = 'app.kubernetes.io/name in (flink-kubernetes-operator,drey)'
  const found = await factOf('list deployments in all namespaces', async () => {
    const { items } = await target.client.list<KubeObject & { status?: { availableReplicas?: number } }>(deployments, {
      labelSelector,
    })
    return items
  })
  if (!found.known) return { by: '', alive: unknown(`could not be looked for: ${found.why}`) }
  const [one] = found.value
  if (!one) return { by: '', alive: unknown('no Deployment with the usual labels of an operator was found') }
  const available = (one['status'] as { availableReplicas?: number } | undefined)?.availableReplicas ?? 0
  return { by: `Deployment ${one.metadata.namespace}/${one.metadata.name}`, alive: known(available > 0) }
}
