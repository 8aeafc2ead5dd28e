/** All scenarios. */
import type { Scenario } from '../scenario.ts'
import { upgrades } from './upgrades.ts'

export const scenarios: readonly Scenario[] = [...upgrades]
