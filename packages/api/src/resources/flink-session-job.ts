/** FlinkSessionJob: a job that runs in the session cluster of a FlinkDeployment. */
import { kit } from '@drey/schema'
import type { ValueOf } from '@drey/schema'
import { flinkConfiguration } from '../shared/flink-configuration.ts'
import { jobSpec } from '../shared/job-spec.ts'
import { commonStatusFields } from '../shared/reconciliation-status.ts'
import { sessionJobRules } from '../shared/rules.ts'
import { flinkType, type FlinkObject, type ResourceDefinition } from './resource.ts'
const { object, text, integer } = kit

export const flinkSessionJobSpec = object(
  {
    deploymentName: text('The session cluster: a FlinkDeployment of the same namespace. May not change.', {
      onChange: 'upgrade',
      example: 'session-cluster',
    }),
    job: jobSpec,
    restartNonce: integer('Any change to another number restarts the job.', {
      onChange: 'upgrade',
      why: 'A restart is asked for.',
      compare: 'unless-removed',
    }),
    flinkConfiguration,
  },
  'What to run, and in which session cluster.',
)

export const flinkSessionJobStatus = object(commonStatusFields, 'What was last observed.')

export const flinkSessionJobs = flinkType('FlinkSessionJob')

export const flinkSessionJobDefinition: ResourceDefinition<FlinkSessionJobSpec, FlinkSessionJobStatus> = {
  type: flinkSessionJobs,
  singular: 'flinksessionjob',
  shortNames: ['sessionjob'],
  description: 'A job in the session cluster of a FlinkDeployment.',
  spec: flinkSessionJobSpec,
  status: flinkSessionJobStatus,
  rules: sessionJobRules,
  columns: [
    { name: 'Job Status', type: 'string', jsonPath: '.status.jobStatus.state' },
    { name: 'Lifecycle State', type: 'string', jsonPath: '.status.lifecycleState' },
  ],
}

export type FlinkSessionJobSpec = ValueOf<typeof flinkSessionJobSpec>
export type FlinkSessionJobStatus = ValueOf<typeof flinkSessionJobStatus>
export type FlinkSessionJob = FlinkObject<'FlinkSessionJob', FlinkSessionJobSpec, FlinkSessionJobStatus>
