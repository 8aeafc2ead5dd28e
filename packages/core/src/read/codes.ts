/** Problem codes as a person looks them up: what happened, what is safe, what to do. */

export interface CodeMeaning {
  code: string
  message: string
  state?: string
  fix: readonly string[]
}

const of = (code: string, message: string, state: string | undefined, ...fix: string[]): CodeMeaning => ({
  code,
  message,
  ...(state === undefined ? {} : { state }),
  fix,
})

export const codes: readonly CodeMeaning[] = [
  of(
    'SAVEPOINT_FAILED',
    'The job could not be stopped with a savepoint.',
    'Nothing was changed: the job runs on. It is tried again about once a minute.',
    'read why: drey explain NAME, drey logs NAME',
    'a longer execution.checkpointing.timeout, where the savepoint only took too long',
    'without a savepoint: spec.job.upgradeMode: last-state',
  ),
  of(
    'SAVEPOINT_DIRECTORY_MISSING',
    'The upgrade mode, or a nonce, asks for a savepoint, and nobody said where it goes.',
    'The spec is refused; what runs goes on.',
    'set execution.checkpointing.savepoint-dir (state.savepoints.dir before Flink 1.20) in spec.flinkConfiguration',
  ),
  of(
    'HA_METADATA_MISSING',
    'The job is to resume from HA metadata, and that is gone.',
    'Nothing is started: without it, older state could be taken for the newest.',
    'find the newest checkpoint in the checkpoint directory',
    'name it in spec.job.initialSavepointPath and change spec.job.savepointRedeployNonce',
  ),
  of(
    'LAST_CHECKPOINT_UNKNOWN',
    'The job has ended, and nobody can say where its last checkpoint is.',
    'Nothing is started: an older path must not stand in for it.',
    'name the state in spec.job.initialSavepointPath and change spec.job.savepointRedeployNonce',
  ),
  of(
    'JM_NOT_READY',
    'The JobManager did not get ready in time.',
    'With rollback switched on, the last stable spec is deployed again.',
    'see its pod: drey logs NAME, kubectl describe pod',
    'allow more time: kubernetes.operator.deployment.readiness.timeout',
  ),
  of(
    'ROLLED_BACK',
    'A spec did not get stable in time, and the last stable one was deployed again.',
    'The job runs with the last stable spec and its newest state.',
    'see why: drey explain NAME',
    'correct the spec: the next change is deployed again',
  ),
  of(
    'UPGRADE_STUCK',
    'A change waits for something that does not come.',
    'The resume point is kept.',
    'see for what: drey why-not NAME',
  ),
  of(
    'JOB_FAILED',
    'The job has failed for good.',
    'Its last checkpoint is kept; a changed spec starts it from there.',
    'read why: drey logs NAME',
    'let it be restarted: kubernetes.operator.job.restart.failed: true',
  ),
  of(
    'SPEC_REFUSED',
    'The operator does not act on this spec: it is not valid.',
    'What runs goes on with the last valid spec.',
    'read what is wrong: drey why-not NAME, drey validate -f FILE',
    'correct the field: kubectl edit',
  ),
  of(
    'SNAPSHOT_FAILED',
    'A savepoint or checkpoint was not completed.',
    'The job runs on.',
    'see why: drey why-not flinksnp/NAME, drey logs JOB',
    'create another FlinkStateSnapshot',
  ),
  of(
    'STATE_MISMATCH',
    'The new jar cannot read the state of the old one.',
    'The savepoint is kept; nothing of it is dropped by itself.',
    'give the operators their old uid back',
    'drop what no longer fits, knowingly: spec.job.allowNonRestoredState: true',
  ),
  of(
    'IMAGE_UNKNOWN',
    'A pod cannot start because its image is not known here.',
    undefined,
    'say what it means: drey image map IMAGE --flink 1.20 --overlay DIR',
  ),
  of(
    'OPERATOR_DEAF',
    'Nobody acts on the resource although it was changed.',
    'What runs goes on.',
    'see whether an operator runs and watches the namespace: drey why-not NAME',
  ),
  of('PLAN_OUTDATED', 'The world has changed since the plan was made.', 'Nothing was done.', 'make it anew: drey plan'),
  of(
    'FORBIDDEN',
    'A right is missing.',
    'Nothing was done.',
    'ask for the right that is named: kubectl auth can-i VERB RESOURCE -n NAMESPACE',
  ),
  of('NOT_FOUND', 'There is no such resource.', undefined, 'in another namespace: drey get -A'),
  of('UNREACHABLE', 'The API server does not answer.', undefined, 'drey status', 'kubectl config get-contexts'),
  of(
    'RECORDED_SPEC_UNREADABLE',
    'What is deployed is written down in a text nobody can read.',
    'Nothing is changed: anything done could run the job twice or lose its state.',
    'repair status.reconciliationStatus.lastReconciledSpec, or recreate the resource from a savepoint',
  ),
  of(
    'STATE_NOT_KEPT',
    'The upgrade mode keeps state, but nothing in the configuration says where checkpoints go.',
    undefined,
    'set execution.checkpointing.dir (state.checkpoints.dir before Flink 1.20) to a place all pods reach',
  ),
  of(
    'ROLLBACK_NEEDS_HA',
    'Rollback is switched on without high availability, which it needs.',
    'The spec is refused; what runs goes on.',
    'set high-availability.type: kubernetes and high-availability.storageDir',
  ),
]
