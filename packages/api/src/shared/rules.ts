/**
 * CEL rules that refuse early what upstream refuses late, or never survives. They judge creations only: an object that exists,
 * whoever stored it, can always be updated, finalised and deleted. Rules about changes stay with the validator, which knows the
 * recorded spec. Empty specs pass, because canary resources have none.
 */
import type { ValidationRule } from '@drey/schema'

export type PlacedRule = { readonly at: string } & ValidationRule

/** A rule for creations: with a stored value there is nothing to judge. Needs Kubernetes 1.30 or later (`optionalOldSelf`). */
const onCreate = (
  at: string,
  rule: string,
  message: string,
  fieldPath?: string,
  reason?: ValidationRule['reason'],
): PlacedRule => ({
  at,
  rule: `oldSelf.hasValue() || ${rule}`,
  optionalOldSelf: true,
  message,
  ...(fieldPath ? { fieldPath } : {}),
  ...(reason ? { reason } : {}),
})

const integerMax = 2_147_483_647
const started = '(has(self.job) || has(self.image) || has(self.jobManager) || has(self.taskManager))'

/** Rules of a FlinkDeployment spec, which also stands in the template of a blue/green resource. */
export const deploymentSpecRules = (at: string): PlacedRule[] => [
  onCreate(
    at,
    `!${started} || has(self.flinkVersion)`,
    'The Flink version of the image is needed, for example v1_20.',
    '.flinkVersion',
    'FieldValueRequired',
  ),
  onCreate(
    at,
    `!has(self.flinkVersion) || !(self.flinkVersion in ['v1_13', 'v1_14'])`,
    'This Flink version is no longer supported; use v1_15 or later.',
    '.flinkVersion',
  ),
  onCreate(
    at,
    `!${started} || has(self.serviceAccount)`,
    'A service account is needed; with the Helm chart it is usually flink.',
    '.serviceAccount',
    'FieldValueRequired',
  ),
  onCreate(
    at,
    `!has(self.job) || (has(self.taskManager) && has(self.taskManager.replicas)) || (has(self.job.parallelism) && self.job.parallelism >= 1)`,
    'A job needs a parallelism of at least 1, here or by taskManager.replicas.',
    '.job',
  ),
  onCreate(
    at,
    `!has(self.job) || !has(self.job.parallelism) || self.job.parallelism <= ${integerMax}`,
    `The parallelism must not exceed ${integerMax}.`,
    '.job',
  ),
  onCreate(
    at,
    `!has(self.jobManager) || !has(self.jobManager.replicas) || (self.jobManager.replicas >= 1 && self.jobManager.replicas <= ${integerMax})`,
    'At least 1 JobManager is needed.',
    '.jobManager',
  ),
  onCreate(
    at,
    `!has(self.taskManager) || !has(self.taskManager.replicas) || self.taskManager.replicas >= 1`,
    'At least 1 TaskManager is needed; leave replicas out to let the parallelism decide.',
    '.taskManager',
  ),
  onCreate(
    at,
    `!has(self.ingress) || has(self.ingress.template)`,
    'An ingress needs a template, for example {{name}}.{{namespace}}.example.com.',
    '.ingress',
    'FieldValueRequired',
  ),
]

/** Names of FlinkDeployments become names of Services and labels of pods. */
export const deploymentNameRule = (longest: number): PlacedRule =>
  onCreate(
    '',
    `self.metadata.name.matches('^[a-z]([-a-z0-9]{0,${longest - 2}}[a-z0-9])?$')`,
    `The name must start with a letter, hold only lower-case letters, digits and -, and have at most ${longest} characters.`,
  )

export const sessionJobRules: PlacedRule[] = [
  onCreate(
    'spec',
    '!has(self.job) || has(self.deploymentName)',
    'The name of the session cluster is needed: a FlinkDeployment without job, in this namespace.',
    '.deploymentName',
    'FieldValueRequired',
  ),
  onCreate(
    'spec',
    '!has(self.deploymentName) || has(self.job)',
    'The job to run is needed.',
    '.job',
    'FieldValueRequired',
  ),
  onCreate(
    'spec',
    `!has(self.job) || (has(self.job.parallelism) && self.job.parallelism >= 1 && self.job.parallelism <= ${integerMax})`,
    'A job needs a parallelism of at least 1.',
    '.job',
  ),
]

export const snapshotRules: PlacedRule[] = [
  onCreate(
    'spec',
    'has(self.savepoint) != has(self.checkpoint)',
    'Give either savepoint or checkpoint, not both and not neither.',
  ),
  onCreate(
    'spec',
    'has(self.jobReference) || (has(self.savepoint) && has(self.savepoint.alreadyExists) && self.savepoint.alreadyExists)',
    'The job to take a snapshot of is needed: kind and name.',
    '.jobReference',
    'FieldValueRequired',
  ),
]

export const blueGreenRules: PlacedRule[] = [
  onCreate(
    'spec',
    'has(self.template) && has(self.template.spec)',
    'A template with a spec is needed: the FlinkDeployments to create.',
    '.template',
    'FieldValueRequired',
  ),
  ...deploymentSpecRules('spec.template.spec'),
]
