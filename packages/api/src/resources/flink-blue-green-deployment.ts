/** FlinkBlueGreenDeployment: two FlinkDeployments of one job, of which the new one takes over when it runs. */
import { kit } from '@drey/schema'
import type { ValueOf } from '@drey/schema'
import { ingressSpec } from '../shared/cluster-spec.ts'
import { jobStatus } from '../shared/job-status.ts'
import { objectMeta } from '../shared/pod-parts.ts'
import { flinkDeploymentSpec } from './flink-deployment.ts'
import { blueGreenRules } from '../shared/rules.ts'
import { flinkType, type FlinkObject, type ResourceDefinition } from './resource.ts'
const { object, text, oneOf, mapOf, withExtras } = kit

export const flinkBlueGreenDeploymentSpec = object(
  {
    configuration: mapOf(text(), 'Options of the transition, flat: kubernetes.operator.bluegreen.*', {
      example: { 'kubernetes.operator.bluegreen.abort.grace-period': '10 min' },
    }),
    ingress: ingressSpec,
    template: object(
      {
        metadata: withExtras(objectMeta, { description: 'Accepted, not used.' }),
        spec: withExtras(flinkDeploymentSpec, { description: 'Spec of the FlinkDeployments.' }),
      },
      'The FlinkDeployments to create, blue and green.',
    ),
  },
  'What to run.',
)

export const blueGreenStates = [
  'ACTIVE_BLUE',
  'ACTIVE_GREEN',
  'INITIALIZING_BLUE',
  'SAVEPOINTING_BLUE',
  'SAVEPOINTING_GREEN',
  'TRANSITIONING_TO_BLUE',
  'TRANSITIONING_TO_GREEN',
] as const

export const flinkBlueGreenDeploymentStatus = object(
  {
    jobStatus,
    blueGreenState: oneOf(blueGreenStates, 'Which colour is active, or which transition is under way.'),
    lastReconciledSpec: text('The recorded spec, as JSON text.'),
    lastReconciledTimestamp: text('When the status was last written.'),
    abortTimestamp: text('When a transition that does not succeed is given up.'),
    deploymentReadyTimestamp: text('When the new deployment became ready.'),
    savepointTriggerId: text('Pending savepoint of the transition.'),
    error: text('Last error, plain text.'),
  },
  'What was last observed.',
)

export const flinkBlueGreenDeployments = flinkType('FlinkBlueGreenDeployment')

export const flinkBlueGreenDeploymentDefinition: ResourceDefinition<
  FlinkBlueGreenDeploymentSpec,
  FlinkBlueGreenDeploymentStatus
> = {
  type: flinkBlueGreenDeployments,
  singular: 'flinkbluegreendeployment',
  shortNames: ['flinkbgdep'],
  description: 'A Flink application upgraded by starting its successor beside it.',
  spec: flinkBlueGreenDeploymentSpec,
  status: flinkBlueGreenDeploymentStatus,
  rules: blueGreenRules,
  columns: [{ name: 'Job Status', type: 'string', jsonPath: '.status.jobStatus.state' }],
}

export type FlinkBlueGreenDeploymentSpec = ValueOf<typeof flinkBlueGreenDeploymentSpec>
export type FlinkBlueGreenDeploymentStatus = ValueOf<typeof flinkBlueGreenDeploymentStatus>
export type FlinkBlueGreenDeployment = FlinkObject<
  'FlinkBlueGreenDeployment',
  FlinkBlueGreenDeploymentSpec,
  FlinkBlueGreenDeploymentStatus
>
export type BlueGreenState = (typeof blueGreenStates)[number]
