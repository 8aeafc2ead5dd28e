/** What the scenarios are to cover, and what each of them says it covers: windows of crash consistency, end-to-end stories, complaints of users. */
import type { Scenario } from '../scenario.ts'

/** W-1 … W-40: the windows in which upstream loses state, duplicates or gets stuck. */
export const windows: readonly string[] = Array.from({ length: 40 }, (_, index) => `W-${index + 1}`)

/** Upstream's end-to-end scripts. */
export const stories: readonly string[] = [
  'application_kubernetes_ha',
  'application_operations',
  'autoscaler',
  'batch_job',
  'flink_operator_ha',
  'multi_sessionjob',
  'sessionjob_kubernetes_ha',
  'sessionjob_operations',
  'snapshot',
  'dynamic_config',
  'logback_logging',
  'bluegreen',
].map((name) => `e2e:${name}`)

/** Acceptance scenarios that are checked by simulation. */
export const acceptance: readonly string[] = [
  ['S000', [7, 8, 9, 10, 11, 16]],
  ['S001', [3, 4, 7, 8]],
  ['S002', [7, 8, 13, 14, 18]],
  ['S003', [6, 8, 9, 13, 14, 15]],
  ['S004', [6, 7, 8, 9, 10, 11]],
].flatMap(([seed, numbers]) => (numbers as number[]).map((n) => `${seed as string}-${n}`))

/** Why no scenario covers something. */
export const leftOut: Readonly<Record<string, string>> = {
  'W-31': 'blue/green is not built yet',
  'e2e:bluegreen': 'blue/green is not built yet',
  'e2e:dynamic_config': 'an operator of the simulation has one configuration for life',
  'e2e:logback_logging': 'about logging of a Java program',
}

export const coveredBy = (scenarios: readonly Scenario[]): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>()
  for (const { name, covers } of scenarios)
    for (const what of covers) found.set(what, [...(found.get(what) ?? []), name])
  return found
}

/** The ten whose every pair of faults is played. */
export const important: readonly string[] = [
  'deploy, upgrade, delete',
  'upgrade (savepoint)',
  'upgrade (last state)',
  'upgrade (last state by cancel)',
  'upgrade (savepoint, standalone)',
  'suspend, resume (savepoint with HA)',
  'JobManager Deployment deleted, background (HA)',
  'rollback (last state)',
  'session job, upgrade (savepoint)',
  'snapshots by nonce, as resources',
]
