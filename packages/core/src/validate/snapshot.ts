/** What a FlinkStateSnapshot must be like: rules N1 to N4. */
import type { FlinkStateSnapshotSpec } from '@drey/api'
import { isJson, readSpec, snapshotLayout } from '../spec/index.ts'
import { readStatus } from '../status/index.ts'
import type { ValidationContext } from './context.ts'
import { error, runChecks, warning, type Check, type Problem } from './problem.ts'
import { namedOf, specOf, unreadableProblems, withoutFollowUps, type Named } from './subject.ts'

interface SnapshotSubject extends Named {
  spec: FlinkStateSnapshotSpec
  /** the snapshot was not taken in hand yet */
  isNew: boolean
  target: 'found' | 'missing' | 'unknown'
}

export const validateSnapshot = (resource: unknown, context: ValidationContext): Problem[] => {
  const { spec, unreadable } = readSpec<FlinkStateSnapshotSpec>(specOf(resource), snapshotLayout)
  const { status } = readStatus('FlinkStateSnapshot', isJson(resource) ? resource['status'] : undefined)
  const named = namedOf(resource)
  const subject = { ...named, spec, isNew: status.state === 'TRIGGER_PENDING', target: targetOf(spec, named, context) }
  return [
    ...unreadableProblems(unreadable, resource),
    ...withoutFollowUps(runChecks(snapshotChecks, subject), unreadable),
  ]
}

const targetOf = (
  { jobReference }: FlinkStateSnapshotSpec,
  { namespace }: Named,
  { resource, partial = false }: ValidationContext,
): SnapshotSubject['target'] => {
  if (!resource) return 'unknown'
  const found =
    jobReference?.name === undefined
      ? undefined
      : resource(jobReference.kind ?? 'FlinkDeployment', namespace, jobReference.name)
  if (found !== undefined && found !== null) return 'found'
  return partial ? 'unknown' : 'missing'
}

const isRegistered = ({ spec }: SnapshotSubject): boolean =>
  spec.savepoint?.alreadyExists === true && spec.checkpoint === undefined

export const snapshotChecks: readonly Check<SnapshotSubject>[] = [
  {
    rule: 'N1',
    check: ({ spec }) => {
      const both = spec.savepoint !== undefined && spec.checkpoint !== undefined
      const neither = spec.savepoint === undefined && spec.checkpoint === undefined
      return both || neither
        ? error(
            'spec',
            'SNAPSHOT_KIND',
            `A snapshot is exactly one of checkpoint or savepoint, and ${both ? 'both are' : 'none is'} set.`,
            'Write savepoint: {} to take a savepoint, or checkpoint: {} to take a checkpoint.',
          )
        : undefined
    },
  },
  {
    rule: 'N3',
    check: (subject) =>
      subject.spec.jobReference === undefined && !isRegistered(subject)
        ? error(
            'spec.jobReference',
            'JOB_REFERENCE_MISSING',
            'A job reference must be supplied for the snapshot.',
            'Set jobReference with kind (FlinkDeployment or FlinkSessionJob) and name.',
          )
        : undefined,
  },
  {
    rule: 'N4',
    check: (subject) => {
      const { spec, namespace, isNew, target } = subject
      if (spec.jobReference === undefined || isRegistered(subject) || !isNew || target === 'found') return undefined
      const { kind = 'FlinkDeployment', name } = spec.jobReference
      if (name === undefined)
        return error(
          'spec.jobReference.name',
          'JOB_NOT_FOUND',
          'Target for snapshot was not found: the reference has no name.',
          'Set jobReference.name.',
        )
      const say = target === 'missing' ? error : warning
      return say(
        'spec.jobReference',
        'JOB_NOT_FOUND',
        target === 'missing'
          ? `Target for snapshot was not found: there is no ${kind} ${name} in namespace ${namespace ?? 'default'}.`
          : `Whether the ${kind} ${name} exists was not looked at.`,
        'The job must exist in the same namespace before the snapshot is created.',
      )
    },
  },
]
