/** What must be true at every step of every world. Each check judges by the world itself (store, Flink, storage), not by what the operator says. */
import type { Call } from '../faults.ts'
import type { CheckName, Scenario, Stage } from '../scenario.ts'
import { leftovers } from '../scenario.ts'
import type { SentRequest, World } from '../world.ts'
import { namespace } from '../world.ts'
import { lineages } from './lineage.ts'

export interface Violation {
  check: CheckName
  message: string
  at: number
}

const bucket = 'flinkdeployments.flink.apache.org'
/** how long a status may contradict the world: a resting look, and time for one slow answer */
const truthMs = 150_000
/** No honest change needs so many writes in so short a time. */
const busyWrites = 150
const busyMs = 20_000

export const check = (world: World, scenario: Scenario, violated: (violation: Violation) => void) => {
  const store = world.server.store
  const say = (check: CheckName, message: string) => {
    if (scenario.accepts?.[check] === undefined) violated({ check, message, at: world.scheduler.now() })
  }
  const cluster = `${namespace}/orders`
  const recordedPaths = new Set<string>()
  const snapshotsOf = new Map<string, string>()
  const lines = lineages(world, (verdict) => !verdict.fine && say('no older state', verdict.message))

  world.flink.onEvent((event) => {
    if (event.event === 'job state' && event.state === 'RUNNING') {
      const jobs = world.flink
        .jobManagers(event.cluster)
        .flatMap((jm) => jm.jobs.filter((job) => job.state === 'RUNNING'))
      if (jobs.length > 1)
        say('one job', `${jobs.length} jobs of ${event.cluster} run at once: ${jobs.map((job) => job.id)}`)
    }
    if (event.event === 'savepoint') {
      const key = `${event.snapshot.jobId}/${store.get(bucket, event.cluster)?.metadata.generation}`
      const earlier = snapshotsOf.get(key)
      if (earlier !== undefined && earlier !== event.snapshot.trigger)
        say('once', `a second savepoint of job ${event.snapshot.jobId} for one cause`)
      snapshotsOf.set(key, event.snapshot.trigger ?? '')
    }
  })

  /** Whether the newest state could be resumed if everything but the stored status (and perhaps HA metadata) was lost now. */
  const resumable = (o: { ha: boolean }): boolean => {
    const resource = world.deployment()
    if (!resource || resource.metadata.deletionTimestamp) return true
    const line = lines.of()
    if (line.newest === 0 || line.consent !== undefined || resource.spec['job']?.upgradeMode === 'stateless')
      return true
    const path = resource.status?.['jobStatus']?.upgradeSavepointPath as string | undefined
    const held = path === undefined ? undefined : world.flink.storage.get(path)
    if (held && held.stamp >= line.newest) return true
    if (!o.ha) return false
    return store
      .list('configmaps', namespace)
      .some((map) =>
        Object.entries((map['data'] ?? {}) as Record<string, string>).some(
          ([key, value]) =>
            key.startsWith('checkpointID-') && (world.flink.storage.get(value)?.stamp ?? 0) >= line.newest,
        ),
      )
  }

  const recent: number[] = []
  world.listen({
    call(call: Call, request: SentRequest) {
      if (!call.writes) return
      recent.push(world.scheduler.now())
      if (recent.length > busyWrites && world.scheduler.now() - (recent.shift() ?? 0) < busyMs)
        say('live', `${busyWrites} writes within ${busyMs / 1_000} s: a loop`)
      const status = world.deployment()?.status
      const recorded = status?.['reconciliationStatus']?.lastReconciledSpec as string | undefined
      const deleting = !world.deployment() || world.deployment()?.metadata.deletionTimestamp !== undefined
      if (call.port === 'kube') {
        const body = request.body as { preconditions?: { uid?: string } } | undefined
        if (call.method === 'DELETE') {
          if (!body?.preconditions?.uid) say('uid', `${call.path} is deleted without naming its uid`)
          const name = call.path.split('/').at(-1) ?? ''
          const map = call.path.includes('/configmaps/') ? store.get('configmaps', `${namespace}/${name}`) : undefined
          const isHa = map?.metadata.labels?.['configmap-type'] === 'high-availability'
          const points = Object.keys((map?.['data'] ?? {}) as object).some((key) => key.startsWith('checkpointID-'))
          if (isHa && points && !resumable({ ha: false }))
            say('resume point first', `HA metadata ${name} is deleted before a resume point is stored`)
          if (call.path.endsWith('/deployments/orders')) {
            if (!resumable({ ha: true }))
              say('resume point first', 'the JobManager is deleted before a resume point is stored')
            const state = status?.['reconciliationStatus']?.state
            const ended = ['FINISHED', 'FAILED', 'CANCELED'].includes(status?.['jobStatus']?.state)
            if (!deleting && state !== 'UPGRADING' && state !== 'ROLLING_BACK' && !ended)
              say('intent first', `the JobManager is deleted while the stored state is ${state}`)
          }
        }
        if (call.method === 'POST' && call.path.endsWith('/deployments')) {
          const object = request.body as { metadata: { name: string } }
          const application = world.deployment()?.spec['job'] !== undefined
          if (
            object.metadata.name === 'orders' &&
            (status?.['jobManagerDeploymentStatus'] !== 'MISSING' ||
              !recorded ||
              !['UPGRADING', 'ROLLING_BACK'].includes(status?.['reconciliationStatus']?.state) ||
              (application && !status?.['jobStatus']?.jobId))
          )
            say('intent first', 'a cluster is created without its stored intent')
        }
        return
      }
      const stop = /^\/jobs\/([0-9a-f]+)\/stop$/.exec(call.path)
      if (stop) {
        const { triggerId } = request.body as { triggerId?: string }
        const stored = status?.['jobStatus']?.savepointInfo?.triggerId
        if (!triggerId || triggerId !== stored)
          say('intent first', `stop with savepoint ${triggerId} was not stored before`)
      }
      if (call.method === 'PATCH' && call.path.includes('mode=cancel')) {
        const state = status?.['reconciliationStatus']?.state
        if (!deleting && state !== 'UPGRADING' && state !== 'ROLLING_BACK')
          say('intent first', `the job is cancelled while the stored state is ${state}`)
      }
    },
    log(message, fields) {
      if (message.includes('hunter2') || (fields && JSON.stringify(fields).includes('hunter2')))
        say('secret', 'a secret value stands in the log')
    },
  })

  const observed = new Map<string, number>()
  store.subscribe((change) => {
    const status = change.object['status'] as Record<string, any> | undefined
    const uid = change.object.metadata.uid ?? ''
    const generation = status?.['observedGeneration'] as number | undefined
    const before = observed.get(uid)
    if (generation !== undefined) {
      if (before !== undefined && generation < before)
        say('generation', `observedGeneration went from ${before} to ${generation}`)
      if (generation > (change.object.metadata.generation ?? 0))
        say('generation', `observedGeneration ${generation} is newer than the resource`)
      observed.set(uid, generation)
    }
    const path = status?.['jobStatus']?.upgradeSavepointPath
    if (path) recordedPaths.add(path)
    for (const entry of status?.['jobStatus']?.savepointInfo?.savepointHistory ?? []) recordedPaths.add(entry.location)
    if (JSON.stringify(status?.['error'] ?? '').includes('hunter2'))
      say('secret', 'a secret value stands in the status')
  }, bucket)
  store.subscribe((change) => {
    if (JSON.stringify(change.object).includes('hunter2')) say('secret', 'a secret value stands in an Event')
  }, 'events')
  store.subscribe((change) => {
    const path = (change.object['spec'] as any)?.savepoint?.path
    if (path) recordedPaths.add(path)
  }, 'flinkstatesnapshots.flink.apache.org')

  let contradictsSince: number | undefined
  return {
    /** called after each event; cheap */
    step() {
      const resource = world.deployment()
      const status = resource?.status
      if (!status?.['jobStatus']) return void (contradictsSince = undefined)
      const says = status['jobStatus'].state === 'RUNNING'
      const runs = world.flink.jobManagers(cluster).some((jm) => jm.jobs.some((job) => job.state === 'RUNNING'))
      if (says === runs || world.operators.length === 0) contradictsSince = undefined
      else contradictsSince ??= world.scheduler.now()
      if (contradictsSince !== undefined && world.scheduler.now() - contradictsSince > truthMs) {
        say(
          'truth',
          `the status says ${status['jobStatus'].state} for ${truthMs / 1000} s while ${runs ? 'a' : 'no'} job runs`,
        )
        contradictsSince = undefined
      }
    },
    /** called once, when the world has settled */
    end(stage: Stage) {
      for (const snapshot of world.flink.storage.list())
        if (snapshot.kind === 'savepoint' && !recordedPaths.has(snapshot.path))
          say('no orphan', `savepoint ${snapshot.path} was never recorded`)
      if (!stage.resource) {
        const left = leftovers(world)
        if (left.length > 0) say('no leak', `left behind: ${left.join(', ')}`)
      }
    },
  }
}
