/** One rule of a FlinkDeployment, and what several of them ask of it. */
import type { FlinkDeploymentSpec } from '@drey/api'
import type { Check } from '../problem.ts'
import type { DeploymentSubject } from '../subject.ts'

export type DeploymentCheck = Check<DeploymentSubject>

/** `native` unless it says otherwise, as upstream. */
export const modeOf = (spec: FlinkDeploymentSpec): string => spec.mode ?? 'native'
