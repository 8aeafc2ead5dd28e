/** What must be true at every step of every world. Each check judges by the world itself (store, Flink, storage), not by what the operator says. */
import { heldRule } from '@drey/core'
import type { Call } from '../faults.ts'
import type { CheckName, Scenario, Stage } from '../scenario.ts'
import { leftovers } from '../scenario.ts'
import type { SentRequest, World } from '../world.ts'
import { namespace } from '../world.ts'
import { intents } from './intent.ts'
import { lineages } from './lineage.ts'
import { buckets, owners as ownersOf, type Resource } from './owners.ts'

export interface Violation {
  check: CheckName
  message: string
  at: number
}

/** how long a status may contradict the world: a resting look, and time for one slow answer */
const truthMs = 150_000
/** scenarios take periodic snapshots once a minute */
const periodMinMs = 20_000
const attemptsMax = 10
/** No honest change needs so many writes in so short a time. */
const busyWrites = 150
const busyMs = 20_000

export const check = (world: World, scenario: Scenario, violated: (violation: Violation) => void) => {
  const store = world.server.store
  const say = (check: CheckName, message: string) => {
    if (scenario.accepts?.[check] === undefined) violated({ check, message, at: world.scheduler.now() })
  }
  const owners = ownersOf(world)
  const lines = lineages(world, owners, (verdict) => !verdict.fine && say('no older state', verdict.message))
  /** savepoints and checkpoints by what they were taken for */
  const taken = new Map<string, string>()

  world.flink.onEvent((event) => {
    if (event.event === 'job state' && event.state === 'RUNNING') {
      const owner = owners.ofJob(event.jobId, event.cluster)
      if (owner === undefined) return say('intent first', `job ${event.jobId} runs and no resource ever named it`)
      const jobs = world.flink
        .jobManagers(event.cluster)
        .flatMap((jm) => jm.jobs.filter((job) => job.state === 'RUNNING'))
        .filter((job) => owners.ofJob(job.id, event.cluster) === owner)
      if (jobs.length > 1)
        say('one job', `${jobs.length} jobs of ${owner} run at once: ${jobs.map((job) => job.id).join(', ')}`)
    }
    if (event.event === 'savepoint') {
      const trigger = event.snapshot.trigger ?? ''
      const cause = owners.cause(trigger)
      if (!cause) return say('intent first', `a savepoint was taken under ${trigger}, which was never stored`)
      const earlier = taken.get(cause.key)
      if (earlier !== undefined && earlier !== trigger)
        say('once', `a second savepoint of job ${event.snapshot.jobId} for one cause: ${cause.what}`)
      taken.set(cause.key, trigger)
    }
    if (event.event === 'disposed')
      for (const { kind, metadata, status, spec } of owners.all()) {
        const job = status?.['jobStatus']
        const resumes = job?.upgradeSavepointPath === event.snapshot.path
        const stopped = job?.state !== 'RUNNING' && spec['job']?.upgradeMode !== 'stateless'
        if (resumes && stopped && !metadata.deletionTimestamp)
          say(
            'resume point first',
            `${event.snapshot.path} is disposed of, and ${kind} ${metadata.name} resumes from it`,
          )
      }
  })

  /** Whether the newest state could be resumed if everything but the stored status (and perhaps HA metadata) was lost now. */
  const resumable = (o: { ha: boolean }): boolean => {
    const resource = world.deployment()
    if (!resource || resource.metadata.deletionTimestamp) return true
    const line = lines.of(`FlinkDeployment ${namespace}/orders`)
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
  const attempts: { at: number; trigger: string }[] = []
  /** Who failed a moment ago will fail again: attempts keep a distance from each other. */
  const hammering = (call: Call, request: SentRequest) => {
    if (!/^\/jobs\/\w+\/(stop|savepoints|checkpoints)$/.test(call.path)) return
    const trigger = (request.body as { triggerId?: string } | undefined)?.triggerId ?? ''
    if (attempts.some((one) => one.trigger === trigger)) return
    attempts.push({ at: world.scheduler.now(), trigger })
    const since = attempts.at(-attemptsMax)?.at
    if (since !== undefined && world.scheduler.now() - since < 60_000)
      say('live', `${attemptsMax} snapshots were asked for within a minute`)
  }
  const intent = intents(world, owners, resumable, say)
  world.listen({
    call(call: Call, request: SentRequest, fault) {
      // What a fault delays is not the operator's doing: the time in which a status may lag begins again.
      if (fault) contradictsSince.clear()
      if (!call.writes) return
      recent.push(world.scheduler.now())
      if (recent.length > busyWrites && world.scheduler.now() - (recent.shift() ?? 0) < busyMs)
        say('live', `${busyWrites} writes within ${busyMs / 1_000} s: a loop`)
      hammering(call, request)
      intent(call, request)
    },
    // The pair assertion of production: a decision it had to hold back is a defect of the rules, even if nothing came of it.
    pass(_kind, { decision }) {
      if (decision.rule === heldRule) say('safety', decision.because)
    },
    log(message, fields) {
      if (message.includes('hunter2') || (fields && JSON.stringify(fields).includes('hunter2')))
        say('secret', 'a secret value stands in the log')
    },
  })

  const observed = new Map<string, number>()
  const generations = (object: { metadata: Resource['metadata']; status?: Record<string, any> }) => {
    const uid = object.metadata.uid ?? ''
    const generation = object.status?.['observedGeneration'] as number | undefined
    const before = observed.get(uid)
    if (generation === undefined) return
    if (before !== undefined && generation < before)
      say('generation', `observedGeneration went from ${before} to ${generation}`)
    if (generation > (object.metadata.generation ?? 0))
      say('generation', `observedGeneration ${generation} is newer than the resource`)
    observed.set(uid, generation)
  }
  for (const bucket of Object.values(buckets))
    store.subscribe(({ object }) => {
      generations(object as Resource)
      if (JSON.stringify((object as Resource).status?.['error'] ?? '').includes('hunter2'))
        say('secret', 'a secret value stands in the status')
    }, bucket)
  store.subscribe((change) => {
    if (JSON.stringify(change.object).includes('hunter2')) say('secret', 'a secret value stands in an Event')
  }, 'events')

  const periodic = new Map<string, number>()
  store.subscribe(({ type, object }) => {
    const { metadata, spec } = object as Resource
    if (type !== 'ADDED' || metadata.labels?.['snapshot.trigger-type'] !== 'PERIODIC') return
    const what = `${spec['jobReference']?.name} ${spec['checkpoint'] ? 'checkpoint' : 'savepoint'}`
    const before = periodic.get(what)
    if (before !== undefined && world.scheduler.now() - before < periodMinMs)
      say('once', `two periodic snapshots within ${periodMinMs / 1_000} s: ${metadata.name}`)
    periodic.set(what, world.scheduler.now())
  }, buckets.snapshots)

  const contradictsSince = new Map<string, number>()
  /** The status of one resource against what runs under its name. */
  const truth = (resource: Resource) => {
    const owner = `${resource.kind} ${resource.metadata.namespace}/${resource.metadata.name}`
    const { status } = resource
    if (!status?.['jobStatus'] || !resource.spec['job']) return void contradictsSince.delete(owner)
    const says = status['jobStatus'].state === 'RUNNING'
    const cluster = `${namespace}/${resource.spec['deploymentName'] ?? resource.metadata.name}`
    // A job without its tasks is RUNNING to Flink and CREATED to upstream: neither contradicts.
    const jobs = world.flink
      .jobManagers(cluster)
      .flatMap((jm) => jm.jobs.filter((job) => job.state === 'RUNNING' && owners.ofJob(job.id, cluster) === owner))
    const runs = says ? jobs.length > 0 : jobs.some((job) => job.tasksRun)
    if (says === runs || world.operators.length === 0) return void contradictsSince.delete(owner)
    const since = contradictsSince.get(owner) ?? world.scheduler.now()
    contradictsSince.set(owner, since)
    if (world.scheduler.now() - since <= truthMs) return
    contradictsSince.delete(owner)
    say(
      'truth',
      `the status of ${resource.metadata.name} says ${status['jobStatus'].state} for ${truthMs / 1000} s while ${runs ? 'a' : 'no'} job runs`,
    )
  }
  return {
    /** called after each event; cheap */
    step() {
      for (const bucket of [buckets.deployments, buckets.sessionJobs])
        for (const resource of store.list(bucket)) truth(resource as Resource)
    },
    /** called once, when the world has settled */
    end(stage: Stage) {
      for (const snapshot of world.flink.storage.list())
        if (snapshot.kind === 'savepoint' && !owners.named(snapshot.path))
          say('no orphan', `savepoint ${snapshot.path} was never recorded`)
      for (const jm of world.flink.jobManagers())
        for (const job of jm.jobs) {
          const owner = owners.ofJob(job.id, jm.cluster)
          const named = owner === undefined ? undefined : owners.resource(owner)?.status?.['jobStatus']?.jobId
          if (job.state === 'RUNNING' && named !== job.id)
            say('no leak', `job ${job.id} runs on ${jm.cluster} and no resource names it`)
        }
      if (!stage.resource) {
        const left = leftovers(world)
        if (left.length > 0) say('no leak', `left behind: ${left.join(', ')}`)
      }
    },
  }
}
