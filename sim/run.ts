/** Plays one scenario in one world and says what happened: violations, counts, the calls that could be faulted, the story. */
import { check, type Violation } from './checkers/index.ts'
import { noFaults, wordsOf, type Call, type FaultPlan } from './faults.ts'
import { leftovers, type CheckName, type Scenario, type Stage, type Step } from './scenario.ts'
import { storyOf, type Story } from './story.ts'
import { createWorld, type Pass, type World } from './world.ts'

export interface RunOptions {
  seed?: number
  shuffled?: boolean
  faults?: FaultPlan
  watchLagMs?: number
  /** how old `/jobs/overview` may be */
  overviewAgeMs?: number
  /** CRDs as they were before some fields of the status came */
  oldCrds?: boolean
  /** something else that happens right after a given call was made */
  disturb?: {
    afterCall: number
    step: Step
    instead?: { rest: readonly Step[]; ends: (stage: Stage) => boolean }
    /** an end that counts as well where the disturbance has made the scenario's own impossible */
    orEnds?: (stage: Stage) => boolean
  }
  story?: boolean
  /** an end that counts as well, because faults have made the scenario's own impossible */
  orEnds?: (stage: Stage) => boolean
  /** told of every pass */
  heard?(kind: string, pass: Pass): void
}

export interface RunResult {
  scenario: string
  violations: readonly Violation[]
  calls: readonly Call[]
  passes: number
  events: number
  /** faults that came to pass, by kind */
  faults: Readonly<Record<string, number>>
  rules: ReadonlyMap<string, number>
  /** distinct abstract states of the resource that were seen */
  states: ReadonlySet<string>
  story: string
}

class Stopped extends Error {}
/** the world has come to an end that a disturbance excuses */
class Excused extends Error {}
/** the disturbance leads elsewhere: the rest of the scenario no longer counts */
class Turned extends Error {}

const defaultWithinMs = 15 * 60_000
/** how long nothing may be written once everything is as wanted */
const quietMs = 6 * 60_000

export const run = async (scenario: Scenario, o: RunOptions = {}): Promise<RunResult> => {
  const violations: Violation[] = []
  const world = await createWorld({
    ...scenario.world,
    seed: o.seed ?? 1,
    ...(o.shuffled ? { shuffled: true } : {}),
    ...(o.watchLagMs ? { watchLagMs: o.watchLagMs } : {}),
    ...(o.oldCrds ? { oldCrds: true } : {}),
    faults: o.faults ?? noFaults,
  })
  world.flink.knobs.overviewAgeMs = o.overviewAgeMs ?? 0
  const story: Story | undefined = o.story ? storyOf(world) : undefined
  const calls: Call[] = []
  const faults: Record<string, number> = {}
  const rules = new Map<string, number>()
  const states = new Set<string>()
  let writes = 0
  let resting = false
  const stage: Stage = {
    world,
    get resource() {
      return world.deployment()
    },
    get now() {
      return world.scheduler.now()
    },
  }
  const violated = (violation: Violation) => {
    violations.push(violation)
    story?.line('CHECK', `${violation.check}: ${violation.message}`)
  }
  let disturbed = false
  let turned = false
  world.listen({
    call(call, _request, fault) {
      calls.push(call)
      if (resting) call.late = true
      if (call.writes) writes++
      if (fault) {
        faults[fault.do] = (faults[fault.do] ?? 0) + 1
        story?.line('FAULT', `call ${call.n} ${call.method} ${call.path}: ${wordsOf(fault)}`)
      }
      if (o.disturb && !disturbed && call.n >= o.disturb.afterCall) {
        disturbed = true
        const { step } = o.disturb
        world.scheduler.after(1, () => {
          story?.line('user', step.say)
          void Promise.resolve(step.do?.(stage)).catch(() => {})
        })
      }
    },
    pass(kind, pass) {
      o.heard?.(kind, pass)
      const { decision, resource } = pass
      rules.set(decision.rule, (rules.get(decision.rule) ?? 0) + 1)
      const status = (resource as { status?: any }).status
      states.add(
        [
          decision.rule,
          status?.reconciliationStatus?.state,
          status?.jobManagerDeploymentStatus,
          status?.jobStatus?.state,
          Boolean(status?.jobStatus?.upgradeSavepointPath),
          Boolean(status?.jobStatus?.savepointInfo?.triggerId),
          Boolean(status?.error),
          Boolean(resource.metadata.deletionTimestamp),
          resource.metadata.generation === status?.observedGeneration,
        ].join('|'),
      )
    },
  })
  // Who deletes in the middle of a savepoint has nobody left to write it down for.
  const deletes = o.disturb?.instead !== undefined
  const checkers = check(
    world,
    deletes ? { ...scenario, accepts: { ...scenario.accepts, 'no orphan': 'deleted in the middle' } } : scenario,
    violated,
  )
  world.startOperator()

  const advance = async (holds: () => boolean, withinMs: number): Promise<boolean> => {
    const turns = () => disturbed && !turned && o.disturb?.instead !== undefined
    let reached = false
    let begun = false
    await world.scheduler.runTo(world.scheduler.now() + withinMs, () => {
      if (begun) checkers.step()
      begun = true
      reached = holds()
      return !reached && violations.length === 0 && !turns()
    })
    if (reached) return true
    if (violations.length > 0) throw new Stopped()
    if (turns()) {
      turned = true
      throw new Turned()
    }
    return holds()
  }
  const fail = (check: CheckName, message: string): never => {
    violated({ check, message, at: world.scheduler.now() })
    throw new Stopped()
  }
  const excused = () => o.orEnds?.(stage) || (disturbed && o.disturb?.orEnds?.(stage))
  const play = async (step: Step) => {
    story?.line(step.do ? 'user' : 'world', step.say)
    if (step.do) world.deeds++
    await step.do?.(stage)
    if (!step.until) return
    const { until } = step
    const reached = await advance(() => until(stage), step.withinMs ?? defaultWithinMs)
    if (!reached && !step.orGoOn && excused()) throw new Excused()
    if (!reached && !step.orGoOn) fail('live', `not reached: ${step.say}. ${where(world)}`)
  }

  const settle = async (ends: (stage: Stage) => boolean) => {
    world.faults = noFaults
    resting = true
    if (!(await advance(() => ends(stage), defaultWithinMs)))
      fail('live', `the world does not come to rest. ${where(world)}`)
    // What was on its way (a late look, an event) may still be written once; then nothing more.
    await advance(() => false, 70_000)
    const before = writes
    await advance(() => false, quietMs)
    if (writes > before && scenario.accepts?.quiet === undefined)
      fail('quiet', `${writes - before} writes although nothing is left to do. ${where(world)}`)
    if (!ends(stage)) fail('live', `the world does not stay at rest. ${where(world)}`)
    checkers.end(stage)
  }

  try {
    try {
      for (const step of scenario.steps) await play(step)
      await settle(scenario.ends)
    } catch (error) {
      const { instead } = o.disturb ?? {}
      if (!(error instanceof Turned) || !instead) throw error
      for (const step of instead.rest) await play(step)
      await settle(instead.ends)
    }
  } catch (error) {
    if (!(error instanceof Stopped || error instanceof Excused)) throw error
  }
  const result: RunResult = {
    scenario: scenario.name,
    violations,
    calls,
    passes: world.passes,
    events: world.scheduler.events,
    faults,
    rules,
    states,
    story: story?.text() ?? '',
  }
  await world.close()
  return result
}

const where = (world: World): string => {
  const resource = world.deployment()
  const status = resource?.status
  return resource
    ? `It is at generation ${resource.metadata.generation}, observed ${status?.['observedGeneration']}, ${status?.['lifecycleState']}, ` +
        `${status?.['reconciliationStatus']?.state}, JobManager ${status?.['jobManagerDeploymentStatus']}, job ${status?.['jobStatus']?.state}, ` +
        `error ${String(status?.['error'] ?? 'none').slice(0, 200)}`
    : `The resource is gone; left behind: ${leftovers(world).join(', ') || 'nothing'}.`
}
