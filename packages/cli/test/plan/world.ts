/** A simulated world in which a plan is made, the edit is applied, and what then happens is written down in the plan's own words. */
import { noOperatorConfig, readOperatorConfig, type Plan } from '@drey/core'
import { kubeClient } from '@drey/kube'
import { pathOf, type KubeObject, type KubeTransport, type ResourceType } from '@drey/reconcile'
import type { Stage, Step } from '../../../../sim/scenario.ts'
import { createWorld, namespace, type World, type WorldOptions } from '../../../../sim/world.ts'
import { planned, type Edit } from '../../src/look/planned.ts'

export interface Change {
  kind: Edit['kind']
  type: ResourceType
  name: string
  /** a merge patch of the spec */
  spec: object
}

export interface Story {
  plan: Plan
  /** what the operator did after the edit, in the words of plans */
  steps: readonly string[]
  /** each start of a job after the edit, and what it began with */
  starts: readonly { restored: string | undefined; kind: string | undefined; id: string }[]
  /** at the end */
  status: Record<string, any> | undefined
  /** the generation that was asked for is in place */
  reached: boolean
}

/** how often one looks */
const sliceMs = 250

/** The JobManagers of the model behind the API server's proxy. */
const withProxy = (plain: KubeTransport, world: World): KubeTransport => ({
  ...plain,
  async send(request) {
    const [, where, service, port, path] =
      /^\/api\/v1\/namespaces\/([^/]+)\/services\/([^/:]+):(\d+)\/proxy(.*)$/.exec(request.path) ?? []
    if (service === undefined) return plain.send(request)
    const query = new URLSearchParams(request.query).toString()
    try {
      return await world.flink.http({
        base: `http://${service}.${where}:${port}`,
        path: `${path}${query ? `?${query}` : ''}`,
        method: 'GET',
        timeoutMs: 5_000,
      })
    } catch (error) {
      return { status: 503, body: { kind: 'Status', status: 'Failure', message: (error as Error).message } }
    }
  },
})

export const play = async (
  before: readonly Step[],
  change: Change,
  o: { world?: WorldOptions; laterMs?: number; meanwhile?: Step } = {},
): Promise<Story> => {
  const world = await createWorld({ ...o.world, seed: 1 })
  const stage: Stage = {
    world,
    get resource() {
      return world.deployment()
    },
    get now() {
      return world.scheduler.now()
    },
  }
  world.startOperator()
  const perform = async ({ do: deed, until, withinMs = 900_000, orGoOn, say }: Step) => {
    await deed?.(stage)
    const deadline = stage.now + withinMs
    while (until && !until(stage)) {
      if (stage.now < deadline) await world.scheduler.runTo(stage.now + sliceMs)
      else if (orGoOn) return
      else throw new Error(`not reached: ${say}; ${JSON.stringify(stage.resource?.status)}`)
    }
  }
  for (const step of before) await perform(step)

  const client = kubeClient(withProxy(world.client.transport, world))
  const target = { client, name: 'test', namespace }
  const ref = { type: change.type, namespace, name: change.name }
  const object = await client.get(ref)
  const spec = { spec: change.spec }
  const after = await client
    .send<KubeObject>({
      method: 'PATCH',
      path: pathOf(change.type, ref),
      query: { dryRun: 'All' },
      contentType: 'application/merge-patch+json',
      body: spec,
    })
    .catch(() => ({ ...object, spec: { ...(object['spec'] as object), ...change.spec } }))
  const named = { kind: change.kind, apiVersion: 'flink.apache.org/v1beta1' }
  const config = o.world?.operatorConf
    ? readOperatorConfig({
        'flink-conf.yaml': Object.entries(o.world.operatorConf)
          .map(([key, value]) => `${key}: ${value}`)
          .join('\n'),
      })
    : noOperatorConfig
  const plan = await planned(
    target,
    {
      kind: change.kind,
      type: change.type,
      before: { ...object, ...named },
      after: { ...after, ...named },
      assumed: [],
    },
    [],
    {
      now: stage.now,
      operator: { config, side: {}, snapshotResources: o.world?.snapshotResources ?? false },
      assumed: [],
    },
  )

  const steps: string[] = []
  world.listen({
    pass(kind, pass) {
      const {
        before: seen,
        decision,
        recorded,
        outcome,
      } = pass as never as {
        before: KubeObject
        decision: { actions: { do: string; lenient?: boolean; ref?: any; object?: any }[] }
        recorded: boolean
        outcome?: { ok: boolean }
      }
      if (kind !== change.kind || seen.metadata.name !== change.name || !recorded || outcome?.ok === false) return
      for (const action of decision.actions) {
        const step = stepOf(action)
        if (step && steps.at(-1) !== step) steps.push(step)
      }
    },
  })
  const starts: { restored: string | undefined; kind: string | undefined; id: string }[] = []
  const known = new Set<unknown>(world.flink.jobManagers().flatMap((jm) => jm.jobs))
  const watch = () => {
    for (const jm of world.flink.jobManagers())
      for (const job of jm.jobs)
        if (!known.has(job) && job.since.RUNNING !== undefined) {
          known.add(job)
          starts.push({ restored: job.restored?.path, kind: job.restored?.kind, id: job.id })
        }
  }
  await client.merge(ref, spec).catch(() => {})
  if (o.meanwhile) await perform(o.meanwhile)
  const until = stage.now + (o.laterMs ?? 240_000)
  while (stage.now < until) {
    await world.scheduler.runTo(stage.now + sliceMs)
    watch()
  }
  const end = await client.find<KubeObject & { status?: Record<string, any> }>(ref)
  const status = end?.status
  const wanted = (end?.['spec'] as { job?: { state?: string } } | undefined)?.job
  const result: Story = {
    plan,
    steps,
    starts,
    status,
    reached:
      status?.['observedGeneration'] === end?.metadata.generation &&
      !status?.['error'] &&
      (wanted === undefined
        ? status?.['jobManagerDeploymentStatus'] === 'READY'
        : wanted.state === 'suspended'
          ? status?.['lifecycleState'] === 'SUSPENDED'
          : status?.['lifecycleState'] === 'STABLE' && status['jobStatus']?.state === 'RUNNING'),
  }
  await world.close()
  return result
}

const stepOf = (action: { do: string; ref?: any; object?: any }): string | undefined => {
  switch (action.do) {
    case 'stop-with-savepoint':
      return 'suspend: savepoint'
    case 'cancel':
      return 'suspend: cancel'
    case 'delete':
      return action.ref.type.kind === 'Deployment' ? 'remove' : undefined
    case 'create':
      return action.object.kind === 'Deployment' && action.object.metadata.labels?.component !== 'taskmanager'
        ? 'deploy'
        : undefined
    case 'run-jar':
      return 'submit'
    case 'rescale':
    case 'scale':
      return 'rescale'
    case 'savepoint':
    case 'checkpoint':
      return 'snapshot'
    default:
      return undefined
  }
}

/** The same words for the steps of a plan. */
export const plannedSteps = (plan: Plan): string[] =>
  plan.steps.flatMap(({ step, text }) =>
    step === 'suspend'
      ? [text.startsWith('stop with savepoint') ? 'suspend: savepoint' : 'suspend: cancel']
      : step === 'ingress' || (step === 'snapshot' && text.startsWith('FlinkStateSnapshot'))
        ? []
        : [step],
  )
