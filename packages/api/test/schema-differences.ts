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

/** Stored by upstream's CRD, refused at creation by a rule of ours: upstream would refuse it in the webhook or in the controller. */
export const refusedEarlier: Record<string, string> = {
  'schema-004': 'no flinkVersion: the operator never deploys it',
  'schema-005': 'v1_13: the operator refuses the version in every pass',
  'schema-026': 'a job without parallelism: the validator refuses it',
  'schema-037': 'parallelism 0: the validator refuses it',
  'schema-038': 'a parallelism above 32 bits ends the whole operator process upstream',
  'schema-039': 'a null parallelism is none: the validator refuses it',
  'schema-055': '0 JobManagers: the validator refuses it',
  'schema-072': '-1 TaskManagers in a template: the child would be refused',
  'schema-073': '0 TaskManagers: the validator refuses it',
  'schema-076': 'an ingress without template: the validator refuses it',
  'schema-079': 'an ingress without template: the validator refuses it',
  'schema-115': 'a name of 253 characters: the validator refuses it',
  'schema-117': 'a name with a dot: the validator refuses it',
  'schema-121': 'no deploymentName: upstream fails with a null pointer',
  'schema-142': 'a blue/green resource without template: upstream fails with a null pointer in each pass',
}
