/**
 * CEL rules for what upstream's CRDs let through and upstream itself then cannot answer: its operator ends or fails with a null
 * pointer, or says so in an event alone, or the mistake can never be repaired by an update. Everything that upstream refuses
 * with a clear message is left to the validator, which says it better and also where no admission webhook runs.
 *
 * They judge creations only: an object that exists, whoever stored it, can always be updated, finalised and deleted.
 */
import type { ValidationRule } from '@drey/schema'

export type PlacedRule = { readonly at: string } & ValidationRule

/** A rule for creations: with a stored value there is nothing to judge. Needs Kubernetes 1.30 or later (`optionalOldSelf`). */
const onCreate = (
  at: string,
  rule: string,
  message: string,
  more: Pick<ValidationRule, 'fieldPath' | 'reason'> = {},
): PlacedRule => ({
  at,
  rule: `oldSelf.hasValue() || ${rule}`,
  optionalOldSelf: true,
  message,
  ...more,
})

const needed = (fieldPath: string) => ({ fieldPath, reason: 'FieldValueRequired' as const })

/** The Java operator ends when it reads a larger number, and with it the care for everybody's resources. */
const fits32Bits = (at: string, parent: string, field: string): PlacedRule =>
  onCreate(
    at,
    `!has(self.${parent}) || !has(self.${parent}.${field}) || self.${parent}.${field} <= 2147483647`,
    `${field} must not exceed 2147483647.`,
    { fieldPath: `.${parent}` },
  )

/** Names become names of Services and labels of pods, and cannot be changed later. */
const nameOfAtMost = (length: number): PlacedRule =>
  onCreate(
    '',
    `self.metadata.name.matches('^[a-z]([-a-z0-9]{0,${length - 2}}[a-z0-9])?$')`,
    `The name must start with a letter, hold only lower-case letters, digits and -, and have at most ${length} characters.`,
  )

const deploymentSpecRules = (at: string): PlacedRule[] => [
  fits32Bits(at, 'job', 'parallelism'),
  fits32Bits(at, 'jobManager', 'replicas'),
  fits32Bits(at, 'taskManager', 'replicas'),
]

export const deploymentRules: PlacedRule[] = [nameOfAtMost(45), ...deploymentSpecRules('spec')]

export const sessionJobRules: PlacedRule[] = [
  onCreate(
    'spec',
    '!has(self.job) || has(self.deploymentName)',
    'The name of the session cluster is needed: a FlinkDeployment without job, in this namespace.',
    needed('.deploymentName'),
  ),
  fits32Bits('spec', 'job', 'parallelism'),
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
    needed('.jobReference'),
  ),
]

export const blueGreenRules: PlacedRule[] = [
  // Children are called <name>-blue and <name>-green.
  nameOfAtMost(39),
  onCreate(
    'spec',
    'has(self.template) && has(self.template.spec)',
    'A template with a spec is needed: the FlinkDeployments to create.',
    needed('.template'),
  ),
  ...deploymentSpecRules('spec.template.spec'),
]
