/** The job of an application or of a session cluster: `spec.job`. */
import { kit } from '@drey/schema'
import type { ValueOf } from '@drey/schema'
const { object, text, integer, boolean, oneOf, listOf } = kit

const nonce = (description: string, extras: kit.Extras) => integer(description, extras)

export const jobSpec = object(
  {
    jarURI: text(
      'URI of the job jar, for example local:///opt/flink/usrlib/job.jar. Absent: the job is on the class path.',
      {
        onChange: 'upgrade',
        example: 'local:///opt/flink/usrlib/job.jar',
      },
    ),
    parallelism: integer('Default parallelism, at least 1.', {
      onChange: { native: 'upgrade', standalone: 'scale' },
      assumed: 0,
      example: 2,
    }),
    entryClass: text('Main class, when the manifest of the jar does not name it.', { onChange: 'upgrade' }),
    args: listOf(text(), 'Arguments of the main method.', { onChange: 'upgrade', assumed: [] }),
    state: oneOf(
      ['running', 'suspended'],
      'Desired state. suspended stops the job and keeps its state according to upgradeMode.',
      {
        onChange: 'upgrade',
        assumed: 'running',
      },
    ),
    savepointTriggerNonce: nonce(
      'Any change to another number takes a savepoint of the running job. Prefer a FlinkStateSnapshot.',
      { onChange: 'ignore', why: 'A savepoint is taken; the job runs on.' },
    ),
    initialSavepointPath: text(
      'Savepoint or checkpoint to start from: at the first deployment, or with savepointRedeployNonce.',
      {
        onChange: 'ignore',
        why: 'It is read at the first deployment and when savepointRedeployNonce changes.',
      },
    ),
    checkpointTriggerNonce: nonce(
      'Any change to another number takes a checkpoint of the running job (Flink 1.17 and later).',
      {
        onChange: 'ignore',
        why: 'A checkpoint is taken; the job runs on.',
      },
    ),
    upgradeMode: oneOf(
      ['last-state', 'savepoint', 'stateless'],
      'How state survives an upgrade or a suspension: savepoint stops with a savepoint; last-state resumes from the latest checkpoint, also of an unhealthy job; stateless starts empty.',
      { onChange: 'ignore', why: 'It applies to the next upgrade or suspension.', assumed: 'stateless' },
    ),
    allowNonRestoredState: boolean('Start although the snapshot holds state that no operator of the job claims.', {
      onChange: 'ignore',
      why: 'It applies to the next start.',
    }),
    savepointRedeployNonce: nonce(
      'Any change to another number redeploys from initialSavepointPath, forgetting the present state.',
      {
        onChange: 'savepoint-redeploy',
        why: 'The job is started again from initialSavepointPath; its present state is given up.',
        compare: 'unless-removed',
      },
    ),
    autoscalerResetNonce: nonce('Any change to another number clears what the autoscaler has learned.', {
      onChange: 'ignore',
      why: 'The autoscaler forgets what it has learned; the job runs on.',
    }),
  },
  'The job to run.',
)

export type JobSpec = ValueOf<typeof jobSpec>
export type UpgradeMode = NonNullable<JobSpec['upgradeMode']>
