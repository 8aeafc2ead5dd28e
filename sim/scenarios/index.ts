/** All scenarios. */
import type { Scenario } from '../scenario.ts'
import { accidents } from './accidents.ts'
import { badSpecs } from './bad-specs.ts'
import { endings } from './endings.ts'
import { upgrades } from './upgrades.ts'

export const scenarios: readonly Scenario[] = [...upgrades, ...accidents, ...badSpecs, ...endings]
