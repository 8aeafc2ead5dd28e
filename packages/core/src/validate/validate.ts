/** Any Flink resource: the checks of its kind. */
import { nearest } from '@drey/api'
import { isJson } from '../spec/index.ts'
import { validateBlueGreen } from './blue-green.ts'
import type { ValidationContext } from './context.ts'
import { validateDeployment } from './deployment.ts'
import { error, type Problem } from './problem.ts'
import { validateSessionJob } from './session-job.ts'
import { validateSnapshot } from './snapshot.ts'
import { shownValue } from './subject.ts'

/** The problems of any Flink resource. Another kind is an error. */
export const validateResource = (resource: unknown, context: ValidationContext): Problem[] => {
  const kind = isJson(resource) ? resource['kind'] : undefined
  const validate = typeof kind === 'string' ? validators.get(kind) : undefined
  return validate
    ? validate(resource, context)
    : [error('kind', 'KIND_UNEXPECTED', `Unexpected resource: ${shownValue(kind)}.`, fixOf(kind))]
}

const fixOf = (kind: unknown): string => {
  const kinds = [...validators.keys()]
  const near = typeof kind === 'string' ? nearest(kind, kinds, 3) : undefined
  return near === undefined ? `Only ${kinds.join(', ')} are known here.` : `Did you mean ${near}?`
}

const validators = new Map([
  ['FlinkDeployment', validateDeployment],
  ['FlinkSessionJob', validateSessionJob],
  ['FlinkStateSnapshot', validateSnapshot],
  ['FlinkBlueGreenDeployment', validateBlueGreen],
])
