import { run } from './run.ts'
import { anApplication, create, edit, isRunning, running, scenario, when, type Stage } from './scenario.ts'
import { optionsOf, variationsOf } from './variations.ts'

const savepoints = ({ world }: Stage) => world.flink.storage.list().filter((s) => s.kind === 'savepoint')
const real = (v: any, r: any) => v.filter((x: any) => !(r && x.check === 'no orphan'))
const conf = { 'state.savepoints.dir': 'file:///savepoints' }
const all = [
  scenario('nonce as resource', {
    covers: [],
    world: { snapshotResources: true },
    steps: [
      create(anApplication({}, { upgradeMode: 'savepoint' }, conf)),
      running(),
      edit({ job: { savepointTriggerNonce: 7 } }, 'nonce'),
      when('a savepoint', (s) => savepoints(s).length > 0),
      running(),
    ],
    ends: (s: Stage) =>
      isRunning(s) &&
      savepoints(s).length === 1 &&
      ((s.resource as any)?.status?.reconciliationStatus?.lastReconciledSpec ?? '').includes(
        '"savepointTriggerNonce":7',
      ),
  } as never),
  scenario('nonce in status', {
    covers: [],
    steps: [
      create(anApplication({}, { upgradeMode: 'savepoint' }, conf)),
      running(),
      edit({ job: { savepointTriggerNonce: 7 } }, 'nonce'),
      when('a savepoint', (s) => savepoints(s).length > 0),
      running(),
    ],
    ends: (s: Stage) =>
      isRunning(s) &&
      savepoints(s).length === 1 &&
      ((s.resource as any)?.status?.reconciliationStatus?.lastReconciledSpec ?? '').includes(
        '"savepointTriggerNonce":7',
      ),
  } as never),
]
for (const one of all) {
  const base = await run(one, { ...optionsOf({ kind: 'undisturbed' }), story: true })
  if (process.argv[2] === 'story') process.stdout.write(base.story)
  console.log(
    one.name,
    'undisturbed',
    base.violations.map((v) => `${v.check}: ${v.message}`).slice(0, 4),
    base.calls.length,
  )
  const res = one.name.includes('resource')
  if (real(base.violations, res).length > 0) continue
  const variations = variationsOf(base.calls, ['crash', 'stale', 'fault'])
  let bad = 0
  const t = Date.now()
  for (const v of variations) {
    const r = await run(one, optionsOf(v))
    if (real(r.violations, res).length > 0 && bad++ < 6)
      console.log(JSON.stringify(v), r.violations.map((x) => `${x.check}: ${x.message}`).slice(0, 2))
    if (Date.now() - t > 60_000) {
      console.log('time')
      break
    }
  }
  console.log(one.name, variations.length, 'variations', bad, 'bad')
}
