/** Rules about the job itself, the same for applications (D11 to D17) and session jobs (S6). */
import { options, read, type FlinkDeploymentSpec, type JobSpec } from '@drey/api'
import { strictly, type Configured } from './config-checks.ts'
import { error, warning, type Check } from './problem.ts'

export interface JobSubject extends Configured {
  job: JobSpec
  /** applications only */
  taskManager?: FlinkDeploymentSpec['taskManager'] | undefined
}

const { checkpointDirectory, savepointDirectory } = options.flink
const { periodicSavepointInterval } = options.snapshots
const isMissing = (text: string | undefined): boolean => text === undefined || text.trim() === ''
const hasNoSavepointDirectory = ({ conf }: Configured): boolean => isMissing(read(savepointDirectory, conf))
const setSavepointDirectory = `Set ${savepointDirectory.key} in flinkConfiguration.`

export const jobChecks: readonly Check<JobSubject>[] = [
  {
    rule: 'D11',
    check: ({ job, conf }) =>
      (job.upgradeMode ?? 'stateless') !== 'stateless' && isMissing(read(checkpointDirectory, conf))
        ? error(
            'spec.job.upgradeMode',
            'CHECKPOINT_DIRECTORY_MISSING',
            `Upgrade mode ${job.upgradeMode} needs a checkpoint directory, and ${checkpointDirectory.key} is not set.`,
            `Set ${checkpointDirectory.key} in flinkConfiguration, or use upgradeMode: stateless.`,
          )
        : undefined,
  },
  {
    rule: 'D12',
    check: (subject) =>
      subject.job.upgradeMode === 'savepoint' && hasNoSavepointDirectory(subject)
        ? error(
            'spec.job.upgradeMode',
            'SAVEPOINT_DIRECTORY_MISSING',
            `The job cannot be upgraded with savepoint while ${savepointDirectory.key} is not set.`,
            setSavepointDirectory,
          )
        : undefined,
  },
  {
    rule: 'D13',
    check: (subject) =>
      subject.job.savepointTriggerNonce !== undefined && hasNoSavepointDirectory(subject)
        ? error(
            'spec.job.savepointTriggerNonce',
            'SAVEPOINT_DIRECTORY_MISSING',
            `A savepoint cannot be manually triggered while ${savepointDirectory.key} is not set.`,
            setSavepointDirectory,
          )
        : undefined,
  },
  {
    rule: 'D14',
    check: (subject) =>
      subject.conf.has(periodicSavepointInterval.key) && hasNoSavepointDirectory(subject)
        ? error(
            `spec.flinkConfiguration.${periodicSavepointInterval.key}`,
            'SAVEPOINT_DIRECTORY_MISSING',
            `Periodic savepoints cannot be enabled while ${savepointDirectory.key} is not set.`,
            `${setSavepointDirectory} To have none, remove the interval.`,
          )
        : undefined,
  },
  {
    rule: 'D15',
    check: (subject) => {
      if (!hasNoSavepointDirectory(subject)) return undefined
      const { value, problem } = strictly(options.upgrade.maxCheckpointAge, subject)
      if (problem || value === undefined) return problem
      return error(
        `spec.flinkConfiguration.${options.upgrade.maxCheckpointAge.key}`,
        'SAVEPOINT_DIRECTORY_MISSING',
        `The max-checkpoint age takes savepoints, and ${savepointDirectory.key} is not set.`,
        setSavepointDirectory,
      )
    },
  },
  {
    rule: 'D16',
    check: ({ taskManager }) =>
      taskManager?.replicas !== undefined && taskManager.replicas < 1
        ? error(
            'spec.taskManager.replicas',
            'TASK_MANAGER_REPLICAS',
            `TaskManager replicas is ${taskManager.replicas}, which is less than one.`,
            'Set it to 1 or more, or remove it to derive the number from job.parallelism.',
          )
        : undefined,
  },
  {
    rule: 'D17',
    check: ({ job, taskManager }) =>
      taskManager?.replicas === undefined && (job.parallelism ?? 0) < 1
        ? error(
            'spec.job.parallelism',
            'PARALLELISM_MISSING',
            `Job parallelism is ${job.parallelism ?? 'not set'}, and at least 1 is needed.`,
            'Set job.parallelism to 1 or more.',
          )
        : undefined,
  },
  {
    rule: 'W',
    check: ({ job, taskManager }) =>
      taskManager?.replicas !== undefined && taskManager.replicas > 0 && (job.parallelism ?? 0) > 0
        ? warning(
            'spec.job.parallelism',
            'PARALLELISM_IGNORED',
            'taskManager.replicas is set, so job.parallelism does not count: parallelism becomes replicas times slots.',
            'Remove one of the two.',
          )
        : undefined,
  },
]
