/** FlinkDeployment: a Flink cluster, with one job (application) or for the jobs of others (session). */
import { kit } from '@drey/schema'
import type { ValueOf } from '@drey/schema'
import { flinkVersions } from '../flink/versions.ts'
import { ingressSpec, jobManagerSpec, taskManagerSpec } from '../shared/cluster-spec.ts'
import { flinkConfiguration } from '../shared/flink-configuration.ts'
import { jobSpec } from '../shared/job-spec.ts'
import { podTemplate } from '../shared/pod-template.ts'
import { commonStatusFields } from '../shared/reconciliation-status.ts'
import { deploymentRules } from '../shared/rules.ts'
import { flinkType, type FlinkObject, type ResourceDefinition } from './resource.ts'
const { object, text, integer, oneOf, listOf, mapOf } = kit

// The order is the one in which changes are told: upstream's order of the fields in a `SpecChanged` event.
export const flinkDeploymentSpec = object(
  {
    image: text('Image of JobManager and TaskManagers.', { onChange: 'upgrade', example: 'flink:1.20' }),
    imagePullPolicy: text('Always, IfNotPresent or Never.', { onChange: 'upgrade' }),
    serviceAccount: text('Service account of the Flink pods; required by the operator.', {
      onChange: 'upgrade',
      example: 'flink',
    }),
    flinkVersion: oneOf(flinkVersions, 'Flink version of the image; required by the operator.', {
      onChange: 'upgrade',
      example: 'v1_20',
    }),
    ingress: ingressSpec,
    podTemplate: podTemplate('Pod template for JobManager and TaskManagers. Main container: flink-main-container.'),
    jobManager: jobManagerSpec,
    taskManager: taskManagerSpec,
    logConfiguration: mapOf(text(), 'Logging files by name: log4j-console.properties, logback-console.xml.', {
      onChange: 'upgrade',
    }),
    mode: oneOf(
      ['native', 'standalone'],
      'native: Flink asks Kubernetes for TaskManagers itself. standalone: they are a Deployment. May not change.',
      { onChange: 'upgrade' },
    ),
    job: jobSpec,
    restartNonce: integer('Any change to another number restarts the cluster.', {
      onChange: 'upgrade',
      why: 'A restart is asked for.',
      compare: 'unless-removed',
    }),
    flinkConfiguration,
  },
  'What to run. With job it is an application, without job a session cluster.',
)

export const flinkDeploymentStatus = object(
  {
    ...commonStatusFields,
    clusterInfo: mapOf(text(), 'Facts about the running cluster: versions, total CPU and memory, state size.'),
    jobManagerDeploymentStatus: oneOf(
      ['DEPLOYED_NOT_READY', 'DEPLOYING', 'ERROR', 'MISSING', 'READY'],
      'State of the JobManager Deployment.',
      { assumed: 'MISSING' },
    ),
    taskManager: object(
      {
        labelSelector: text('Selects the TaskManager pods, for the scale subresource.'),
        replicas: integer('TaskManagers the job needs, for the scale subresource.', { assumed: 0 }),
      },
      'The TaskManagers.',
    ),
    conditions: listOf(
      object({
        lastTransitionTime: text('When status last changed.'),
        message: text('A sentence for people.'),
        observedGeneration: integer('metadata.generation the condition speaks about.'),
        reason: text('One word.'),
        status: text('True, False or Unknown.'),
        type: text('Running.'),
      }),
      'Conditions, for kubectl wait --for=condition=Running.',
    ),
  },
  'What was last observed.',
)

export const flinkDeployments = flinkType('FlinkDeployment')

export const flinkDeploymentDefinition: ResourceDefinition<FlinkDeploymentSpec, FlinkDeploymentStatus> = {
  type: flinkDeployments,
  singular: 'flinkdeployment',
  shortNames: ['flinkdep'],
  description: 'A Flink cluster on Kubernetes: an application (with job) or a session cluster (without).',
  spec: flinkDeploymentSpec,
  status: flinkDeploymentStatus,
  columns: [
    { name: 'Job Status', type: 'string', jsonPath: '.status.jobStatus.state' },
    { name: 'Lifecycle State', type: 'string', jsonPath: '.status.lifecycleState' },
  ],
  rules: deploymentRules,
  scale: {
    specReplicasPath: '.spec.taskManager.replicas',
    statusReplicasPath: '.status.taskManager.replicas',
    labelSelectorPath: '.status.taskManager.labelSelector',
  },
}

export type FlinkDeploymentSpec = ValueOf<typeof flinkDeploymentSpec>
export type FlinkDeploymentStatus = ValueOf<typeof flinkDeploymentStatus>
export type FlinkDeployment = FlinkObject<'FlinkDeployment', FlinkDeploymentSpec, FlinkDeploymentStatus>
export type DeploymentMode = NonNullable<FlinkDeploymentSpec['mode']>
export type JobManagerDeploymentStatus = NonNullable<FlinkDeploymentStatus['jobManagerDeploymentStatus']>
export type FlinkCondition = NonNullable<FlinkDeploymentStatus['conditions']>[number]
