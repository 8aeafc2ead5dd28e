/** Recorded answers of an API server with upstream's CRDs that ours changes on purpose, and why. */

const oneSentence = 'our schema says int-or-string once, so that the API server gives one sentence instead of three'
const quantity = (path: string, actual: string): string =>
  `FlinkDeployment.flink.apache.org "orders" is invalid: ${path}: Invalid value: "${actual}": ${path} in body must be of type integer,string: "${actual}"`

/** Refused by both, in other words. */
export const otherWords: Record<string, { reason: string; message: string }> = {
  'schema-064': { reason: oneSentence, message: quantity('spec.jobManager.resources.requests.cpu', 'boolean') },
  'schema-065': { reason: oneSentence, message: quantity('spec.jobManager.resources.requests.cpu', 'object') },
  'schema-088': {
    reason: oneSentence,
    message: quantity('spec.podTemplate.spec.containers[0].resources.requests.cpu', 'number'),
  },
}

/** Stored by upstream's CRD, refused at creation by a rule of ours. */
export const refusedEarlier: Record<string, string> = {
  'schema-038': 'a parallelism above 32 bits ends the whole operator process upstream',
  'schema-115': 'a name of 253 characters: no update can repair it',
  'schema-117': 'a name with a dot: no update can repair it',
  'schema-121': 'no deploymentName: upstream fails with a null pointer',
  'schema-142': 'a blue/green resource without template: upstream fails with a null pointer in each pass',
}
