/** Which spec is headed for, for every status and every wish there is: compared with a naive reading, and held to what must be so. */
import { describe, expect, test } from 'vitest'
import type { FlinkDeployment, FlinkDeploymentSpec } from '@drey/api'
import { noOperatorConfig, recordSpec, type DeploymentObserved } from '../../src/index.ts'
import { toDraft } from '../../src/deployment/draft.ts'
import { targetOf } from '../../src/deployment/target.ts'
import { wantedMode } from '../../src/job/plan-restore.ts'
import { aSpec } from './world.ts'

const modes = ['stateless', 'last-state', 'savepoint'] as const
const states = ['DEPLOYED', 'UPGRADING', 'ROLLING_BACK', 'ROLLED_BACK'] as const
const observed = {
  now: 1,
  operator: { config: noOperatorConfig, side: {}, snapshotResources: false },
} as unknown as DeploymentObserved

const withJob = (job: Record<string, unknown>, over: Record<string, unknown> = {}): FlinkDeploymentSpec =>
  aSpec({ ...over, job: { ...aSpec().job, ...job } })
const sessionSpec = (): FlinkDeploymentSpec => {
  const { job: _, ...spec } = aSpec()
  return spec
}

interface View {
  valid: boolean
  application: boolean
  recorded: { mode: (typeof modes)[number]; state: 'running' | 'suspended' } | undefined
  state: (typeof states)[number]
  wanted: string | undefined
  observedGeneration: number | undefined
}

const views: View[] = [true, false].flatMap((valid) =>
  [true, false].flatMap((application) =>
    [
      undefined,
      ...modes.flatMap((mode) => (['running', 'suspended'] as const).map((state) => ({ mode, state }))),
    ].flatMap((recorded) =>
      states.flatMap((state) =>
        (valid ? modes : [...modes, 'nonsense', undefined]).flatMap((wanted) =>
          [undefined, 3].map((observedGeneration) => ({
            valid,
            application,
            recorded,
            state,
            wanted,
            observedGeneration,
          })),
        ),
      ),
    ),
  ),
)

const targetIn = (view: View) => {
  const spec = view.application
    ? withJob({ upgradeMode: view.wanted, ...(view.valid ? {} : { parallelism: -1 }) })
    : { ...sessionSpec(), ...(view.valid ? {} : { flinkVersion: 'v0_0' }) }
  const record = view.application
    ? withJob({ upgradeMode: view.recorded?.mode, state: view.recorded?.state, parallelism: 7 })
    : { ...sessionSpec(), image: 'old' }
  const resource = {
    metadata: { name: 'orders', namespace: 'shop', generation: 5 },
    spec,
    status: {
      ...(view.observedGeneration === undefined ? {} : { observedGeneration: view.observedGeneration }),
      reconciliationStatus: {
        state: view.state,
        ...(view.recorded
          ? {
              lastReconciledSpec: recordSpec('FlinkDeployment', record as FlinkDeploymentSpec, {
                firstDeployment: false,
              }).text,
            }
          : {}),
      },
    },
  } as unknown as FlinkDeployment
  return { target: targetOf(resource, toDraft(resource.status), observed), spec }
}

const naive = (view: View): string => {
  if (view.valid) return `user 5 ${view.application ? `${view.wanted} running` : ''}`
  if (!view.recorded) return `never valid 5 ${view.application ? `${view.wanted} running` : ''}`
  const generation = view.observedGeneration ?? 5
  if (!view.application) return `last valid ${generation} `
  const mode = view.wanted === 'savepoint' || view.wanted === 'last-state' ? view.wanted : view.recorded.mode
  const interrupted = view.state === 'UPGRADING' || view.state === 'ROLLING_BACK'
  return `last valid ${generation} ${mode} ${interrupted ? 'running' : view.recorded.state}`
}

describe('the target', () => {
  test('is what a naive reading says', () => {
    const odd = views.find((view) => {
      const { target } = targetIn(view)
      const { job } = target.spec
      const words = `${target.why} ${target.generation} ${job ? `${job.upgradeMode} ${job.state ?? 'running'}` : ''}`
      return words !== naive(view)
    })
    expect(odd && { odd, target: targetIn(odd).target, naive: naive(odd) }).toBeUndefined()
    expect(views.length).toBeGreaterThan(800)
  })
  test('is never a refused spec once there was a valid one, nor a recorded one while the user’s is valid', () =>
    expect(
      views.find((view) => {
        const { target, spec } = targetIn(view)
        return (target.spec === spec) !== (view.valid || view.recorded === undefined)
      }),
    ).toBeUndefined())
  test('drops no state that nobody gave up: a refused spec is stateless only where the record and the user allow it', () =>
    expect(
      views.find((view) => {
        const { target } = targetIn(view)
        return (
          target.why === 'last valid' &&
          target.spec.job?.upgradeMode === 'stateless' &&
          (view.wanted === 'savepoint' || view.wanted === 'last-state' || view.recorded?.mode !== 'stateless')
        )
      }),
    ).toBeUndefined())
})

describe('the mode that a start is allowed', () => {
  const nonces = [undefined, null, 1, 2]
  const paths = [undefined, '/p', '/q']
  const all = modes.flatMap((upgradeMode) =>
    nonces.flatMap((before) =>
      nonces.flatMap((now) =>
        paths.flatMap((path) => paths.map((initial) => ({ upgradeMode, before, now, path, initial }))),
      ),
    ),
  )
  const modeIn = (one: (typeof all)[number]) =>
    wantedMode({
      recorded: { savepointRedeployNonce: one.before } as never,
      wanted: {
        upgradeMode: one.upgradeMode,
        savepointRedeployNonce: one.now,
        initialSavepointPath: one.initial,
      } as never,
      path: one.path,
    })
  test('is the user’s, except that a redeploy under way starts from its path in every mode', () =>
    expect(
      all.find((one) => {
        const underWay =
          typeof one.now === 'number' && one.now === one.before && one.path !== undefined && one.path === one.initial
        return modeIn(one) !== (underWay ? 'savepoint' : one.upgradeMode)
      }),
    ).toBeUndefined())
})
