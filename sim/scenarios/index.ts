/** All scenarios. */
import type { Scenario } from '../scenario.ts'
import { accidents } from './accidents.ts'
import { badSpecs } from './bad-specs.ts'
import { branches } from './branches.ts'
import { caches } from './caches.ts'
import { endings } from './endings.ts'
import { faults } from './faults.ts'
import { resumePoints } from './resume-points.ts'
import { sessionJobs } from './session-jobs.ts'
import { snapshots } from './snapshots.ts'
import { upgrades } from './upgrades.ts'

export const allScenarios: readonly Scenario[] = [
  ...upgrades,
  ...accidents,
  ...badSpecs,
  ...endings,
  ...sessionJobs,
  ...snapshots,
  ...faults,
  ...branches,
  ...caches,
  ...resumePoints,
]

/** What sweeps, searches and mutants play. */
export const scenarios: readonly Scenario[] = allScenarios.filter((one) => one.knownDefect === undefined)
