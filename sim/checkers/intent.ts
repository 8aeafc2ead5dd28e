/** No act without its stored intent: each write of the operator is held against what was stored before it left. */
import type { Call } from '../faults.ts'
import type { CheckName } from '../scenario.ts'
import type { SentRequest, World } from '../world.ts'
import { namespace } from '../world.ts'
import type { Owners } from './owners.ts'

type Say = (check: CheckName, message: string) => void

export const intents = (world: World, owners: Owners, resumable: (o: { ha: boolean }) => boolean, say: Say) => {
  const onKube = kubeIntents(world, resumable, say)
  const onFlink = flinkIntents(owners, say)
  return (call: Call, request: SentRequest): void => (call.port === 'kube' ? onKube : onFlink)(call, request)
}

const kubeIntents =
  (world: World, resumable: (o: { ha: boolean }) => boolean, say: Say) =>
  (call: Call, request: SentRequest): void => {
    const status = world.deployment()?.status
    const state = status?.['reconciliationStatus']?.state
    const body = request.body as
      { preconditions?: { uid?: string; resourceVersion?: string }; metadata?: { name: string } } | undefined
    if (call.method === 'DELETE') {
      if (!body?.preconditions?.uid) say('uid', `${call.path} is deleted without naming its uid`)
      const name = call.path.split('/').at(-1) ?? ''
      const map = call.path.includes('/configmaps/')
        ? world.server.store.get('configmaps', `${namespace}/${name}`)
        : undefined
      const isHa = map?.metadata.labels?.['configmap-type'] === 'high-availability'
      const points = Object.keys((map?.['data'] ?? {}) as object).some((key) => key.startsWith('checkpointID-'))
      if (isHa && points && !resumable({ ha: false }))
        say('resume point first', `HA metadata ${name} is deleted before a resume point is stored`)
      if (!call.path.endsWith('/deployments/orders')) return
      // An order that names another Deployment than there is has no effect.
      if (jobManagerNow(world)?.metadata.uid !== body?.preconditions?.uid) return
      // Meant for what the Deployment was when it was judged: the API server refuses it now.
      const judged = body?.preconditions?.resourceVersion
      const stored = world.server.store.get('deployments.apps', `${namespace}/orders`) as
        { metadata: { resourceVersion?: string } } | undefined
      if (judged !== undefined && stored && stored.metadata.resourceVersion !== judged) return
      if (!resumable({ ha: true }))
        say('resume point first', 'the JobManager is deleted before a resume point is stored')
      const ended = ['FINISHED', 'FAILED', 'CANCELED'].includes(status?.['jobStatus']?.state)
      if (!isGoing(world.deployment()) && state !== 'UPGRADING' && state !== 'ROLLING_BACK' && !ended)
        say('intent first', `the JobManager is deleted while the stored state is ${state}`)
    }
    if (call.method === 'POST' && call.path.endsWith('/deployments') && body?.metadata?.name === 'orders') {
      // Where there is one already, a second one is refused.
      if (jobManagerNow(world)) return
      const application = world.deployment()?.spec['job'] !== undefined
      if (
        status?.['jobManagerDeploymentStatus'] !== 'MISSING' ||
        !status?.['reconciliationStatus']?.lastReconciledSpec ||
        !['UPGRADING', 'ROLLING_BACK'].includes(state) ||
        (application && !status?.['jobStatus']?.jobId)
      )
        say('intent first', 'a cluster is created without its stored intent')
    }
  }

const jobManagerNow = (world: World) => world.server.store.get('deployments.apps', `${namespace}/orders`)

const isGoing = (resource: { metadata: { deletionTimestamp?: string } } | undefined): boolean =>
  !resource || resource.metadata.deletionTimestamp !== undefined

const flinkIntents =
  (owners: Owners, say: Say) =>
  (call: Call, request: SentRequest): void => {
    const cluster = clusterOf(request)
    const [, jobId = '', what] = /^\/jobs\/([0-9a-f]+)(?:\/(stop|savepoints|checkpoints))?/.exec(call.path) ?? []
    const body = (request.body ?? {}) as { triggerId?: string; jobId?: string }
    if (what === 'stop' || what === 'savepoints' || what === 'checkpoints') {
      if (!body.triggerId || !owners.cause(body.triggerId))
        say('intent first', `${what} under ${body.triggerId} was not stored before`)
    } else if (/^\/jars\/.+\/run/.test(call.path)) {
      const owner = owners.ofJob(body.jobId ?? '', cluster)
      const status = owner === undefined ? undefined : owners.resource(owner)?.status
      if (!body.jobId || (status && status['jobStatus']?.jobId !== body.jobId) || owner === undefined)
        say('intent first', `job ${body.jobId} is submitted without its stored intent`)
    } else if (call.method === 'PATCH' && call.path.includes('mode=cancel')) {
      const owner = owners.ofJob(jobId, cluster)
      const resource = owner === undefined ? undefined : owners.resource(owner)
      const state = resource?.status?.['reconciliationStatus']?.state
      if (!isGoing(resource) && state !== 'UPGRADING' && state !== 'ROLLING_BACK')
        say('intent first', `the job is cancelled while the stored state is ${state}`)
    }
  }

const clusterOf = (request: SentRequest): string => {
  const [service = '', ns = ''] = 'base' in request ? new URL(request.base).hostname.split('.') : []
  return `${ns}/${service.replace(/-rest$/, '')}`
}
