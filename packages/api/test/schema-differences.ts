/** Recorded cases where our answer differs from the recorded one on purpose, and why. */

interface Difference {
  reason: string
  /** our sentence */
  message: string
}

const oneSentence = 'our schema says int-or-string once, so that the API server gives one sentence instead of three'
const quantity = (path: string, actual: string): string =>
  `FlinkDeployment.flink.apache.org "orders" is invalid: ${path}: Invalid value: "${actual}": ${path} in body must be of type integer,string: "${actual}"`

export const intendedDifferences: Record<string, Difference> = {
  'schema-064': { reason: oneSentence, message: quantity('spec.jobManager.resources.requests.cpu', 'boolean') },
  'schema-065': { reason: oneSentence, message: quantity('spec.jobManager.resources.requests.cpu', 'object') },
  'schema-088': {
    reason: oneSentence,
    message: quantity('spec.podTemplate.spec.containers[0].resources.requests.cpu', 'number'),
  },
}
