/**
 * What one pass costs: the decisions of all scenarios of the simulation made again (with the rendering that is due in them), and a
 * fleet at rest in a simulated world, where a pass includes the caches, the question to Flink and the production API server.
 * CPU time, one core, in passes per second.
 */
import type { FlinkDeployment } from '@drey/api'
import { decideDeployment, type DeploymentObserved } from '@drey/core'
import { run } from '../sim/run.ts'
import { scenarios } from '../sim/scenarios/index.ts'
import { anApplication, create } from '../sim/scenario.ts'
import { createWorld, type Pass } from '../sim/world.ts'
import { rowOf, type Bench, type Row } from './parts/row.ts'

const rounds = 5
const fleet = 300
const minutes = 10

export const bench = async (): Promise<Bench> => {
  const played = await passesOfScenarios()
  return { bench: 'passes', rows: [...decisions(played), ...(await atRest())], ratios: {} }
}

interface Played {
  resource: FlinkDeployment
  observed: DeploymentObserved
}

const passesOfScenarios = async (): Promise<Played[]> => {
  const played: Played[] = []
  const heard = (kind: string, { resource, observed }: Pass): void => {
    if (kind === 'FlinkDeployment') played.push({ resource: resource as never, observed })
  }
  for (const one of scenarios) await run(one, { heard })
  return played
}

const decisions = (played: readonly Played[]): Row[] => {
  const asCached = () => played.map(({ resource, observed }) => ({ resource, observed: { ...observed } }))
  const asFromTheWire = () =>
    played.map(({ resource, observed }) => ({
      resource: JSON.parse(JSON.stringify(resource)) as FlinkDeployment,
      observed: { ...observed },
    }))
  const settled = () => asCached().filter(({ resource }) => resource.status?.lifecycleState === 'STABLE')
  return [
    rowOf('decisions of all scenarios, objects as caches hold them', 'passes/s', measured(asCached)),
    rowOf('… each with an object that has just come over the wire', 'passes/s', measured(asFromTheWire)),
    rowOf('… of stable deployments only, as caches hold them', 'passes/s', measured(settled)),
  ]
}

/** Facts are new in each pass, so that nothing is answered from the pass before. */
const measured = (passes: () => readonly Played[]): number[] =>
  Array.from({ length: rounds + 1 }, () => {
    const all = passes()
    const before = process.cpuUsage()
    for (const { resource, observed } of all) decideDeployment(resource, observed)
    return all.length / secondsSince(before)
  }).slice(1)

const secondsSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** Everything in one process: the operator, the API server, Flink's model with its checkpoints. */
const atRest = async (): Promise<Row[]> => {
  const world = await createWorld()
  try {
    world.startOperator()
    for (let index = 0; index < fleet; index++)
      await create(anApplication(), `orders-${index}`).do?.({ world, resource: undefined, now: 0 })
    await world.scheduler.runTo(world.scheduler.now() + 5 * 60_000)
    const perMinute: number[] = []
    const perSecond: number[] = []
    for (let minute = 0; minute < minutes; minute++) {
      const [before, passes] = [process.cpuUsage(), world.passes]
      await world.scheduler.runTo(world.scheduler.now() + 60_000)
      const seconds = secondsSince(before)
      perMinute.push((seconds / 60) * (1_000 / fleet) * 100)
      perSecond.push((world.passes - passes) / seconds)
    }
    return [
      rowOf('a fleet at rest, with its API server and Flink’s model', 'passes/s', perSecond),
      rowOf('… what 1,000 such deployments keep busy', '% of a core', perMinute),
    ]
  } finally {
    await world.close()
  }
}
