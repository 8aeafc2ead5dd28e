/** People search for upstream's words: each refusal holds those of its rule, whatever the rest of the sentence says. */
import { expect, test } from 'vitest'
import { readOperatorConfig } from '../../src/config/index.ts'
import { problemText, validateResource } from '../../src/validate/index.ts'
import { application, put, session, sessionJob, snapshot, world } from './cases.ts'

const conf = (key: string) => `spec.flinkConfiguration."${key}"`
const scaled = put(application, conf('job.autoscaler.enabled'), 'true')
const suspended = put(put(application, 'spec.job.state', 'suspended'), 'spec.job.upgradeMode', 'last-state')
const stateful = put(
  put(put(application, conf('state.checkpoints.dir'), 's3://a/b'), conf('state.savepoints.dir'), 's3://a/c'),
  'spec.job.upgradeMode',
  'savepoint',
)

type Json = Record<string, any>

test.each<[string, string[], Json, Json?]>([
  ['D1', ['FlinkDeployment name'], put(application, 'metadata.name', 'A')],
  ['D2', ['Flink Version must be defined'], put(application, 'spec.flinkVersion', undefined)],
  ['D3', ['Flink version', 'not supported', 'operator version'], put(application, 'spec.flinkVersion', 'v1_13')],
  ['D4', ['flinkVersion', 'last-state suspend'], put(stateful, 'spec.flinkVersion', 'v2_0'), suspended],
  ['D5', ['Forbidden Flink config key', 'kubernetes.cluster-id'], put(application, conf('kubernetes.cluster-id'), 'x')],
  ['D6', ['HA', 'rollback'], put(application, conf('kubernetes.operator.deployment.rollback.enabled'), 'true')],
  [
    'D7',
    ['Deployment recovery', 'job health check'],
    put(
      put(application, conf('kubernetes.operator.cluster.health-check.enabled'), 'true'),
      conf('kubernetes.operator.jm-deployment-recovery.enabled'),
      'false',
    ),
  ],
  ['D8', ['Ingress template must be defined'], put(application, 'spec.ingress', {})],
  ['D9', ['process', 'Ingress template'], put(application, 'spec.ingress.template', 'x:y/')],
  ['D10', ['Invalid log config key', 'Allowed keys are'], put(application, 'spec.logConfiguration', { a: 'b' })],
  ['D11', ['Checkpoint directory'], put(application, 'spec.job.upgradeMode', 'last-state')],
  ['D12', ['upgraded with savepoint'], put(application, 'spec.job.upgradeMode', 'savepoint')],
  ['D13', ['manually triggered'], put(application, 'spec.job.savepointTriggerNonce', 1)],
  ['D14', ['Periodic savepoints'], put(application, conf('kubernetes.operator.periodic.savepoint.interval'), '1 h')],
  [
    'D15',
    ['max-checkpoint age'],
    put(application, conf('kubernetes.operator.job.upgrade.last-state.max.allowed.checkpoint.age'), '1 h'),
  ],
  ['D16', ['TaskManager replicas'], put(application, 'spec.taskManager.replicas', 0)],
  ['D17', ['Job parallelism'], put(application, 'spec.job.parallelism', 0)],
  ['D18', ['JobManager resource memory must be defined'], put(application, 'spec.jobManager', undefined)],
  ['D19', ['JobManager resource memory parse error'], put(application, 'spec.jobManager.resource.memory', 'x')],
  [
    'D20',
    ['JobManager resource requirements', 'must be positive'],
    put(application, 'spec.jobManager.resources', { requests: { memory: '1Gi', cpu: '0' } }),
  ],
  ['D21', ['JobManager replicas', 'less than one'], put(application, 'spec.jobManager.replicas', 0)],
  ['D22', ['High availability', 'standby JobManagers'], put(application, 'spec.jobManager.replicas', 2)],
  ['D23', ['TaskManager resource memory must be defined'], put(application, 'spec.taskManager', undefined)],
  ['D26', ['TaskManager replicas', 'less than one'], put(session, 'spec.taskManager.replicas', 0)],
  ['D27', ['switch from session to job cluster'], application, session],
  ['D28', ['switch from job to session cluster'], session, application],
  ['D29', ['switch from native', 'to standalone'], put(application, 'spec.mode', 'standalone'), application],
  ['D30', ['switch from standalone', 'to native'], application, put(application, 'spec.mode', 'standalone')],
  [
    'D31',
    ['savepoint redeployment', 'InitialSavepointPath'],
    put(application, 'spec.job.savepointRedeployNonce', 1),
    application,
  ],
  ['D32', ['spec.serviceAccount must be defined', 'jobServiceAccount'], put(application, 'spec.serviceAccount', null)],
  [
    'A3',
    ['AutoScalerOption', 'job.autoscaler.utilization.target', 'range'],
    put(scaled, conf('job.autoscaler.utilization.target'), '2'),
  ],
  ['A', ['Invalid value', 'in the autoscaler config'], put(scaled, conf('job.autoscaler.utilization.target'), 'much')],
  [
    'A12',
    ['Invalid value', 'in the autoscaler config', 'job.autoscaler.excluded.periods'],
    put(scaled, conf('job.autoscaler.excluded.periods'), 'nights'),
  ],
  ['A13', ['metric window', 'reconcile interval'], put(scaled, conf('job.autoscaler.metrics.window'), '1 s')],
  ['S1', ['FlinkDeployment name'], put(sessionJob, 'spec.deploymentName', 'A')],
  ['S2', ['The job spec should not be empty'], put(sessionJob, 'spec.job', undefined)],
  ['S3', ['deploymentName', "can't be changed"], sessionJob, put(sessionJob, 'spec.deploymentName', 'other')],
  ['S4a', ['jarURI is not a valid URI'], put(sessionJob, 'spec.job.jarURI', 'https://a b')],
  ['S4b', ['must include a scheme'], put(sessionJob, 'spec.job.jarURI', '/a.jar')],
  ['S4c', ['scheme', 'allowlist'], put(sessionJob, 'spec.job.jarURI', 'http://x/a.jar')],
  ['S4d', ['must include a host'], put(sessionJob, 'spec.job.jarURI', 'https:///a.jar')],
  ['S4e', ['cannot be resolved'], put(sessionJob, 'spec.job.jarURI', 'https://x.invalid/a.jar')],
  ['S4f', ['restricted address'], put(sessionJob, 'spec.job.jarURI', 'https://localhost/a.jar')],
  ['S5', ['session job to application cluster'], put(sessionJob, 'spec.deploymentName', 'orders')],
  ['N1', ['Exactly one of checkpoint or savepoint'], put(snapshot, 'spec.savepoint', undefined)],
  ['N3', ['Job reference must be supplied'], put(snapshot, 'spec.jobReference', undefined)],
  ['N4', ['Target for snapshot', 'not found'], put(snapshot, 'spec.jobReference.name', 'nobody')],
])('%s: %j', (_, words, resource, old) => {
  const context = {
    operator: readOperatorConfig({ 'flink-conf.yaml': '' }),
    resource: (kind: string, __: string | undefined, name: string) => world[`${kind}/${name}`] as unknown,
    old,
  }
  const errors = validateResource(resource, context).filter(({ severity }) => severity === 'error')
  const text = errors.map(problemText).join('\n').toLowerCase()
  expect(words.filter((word) => !text.includes(word.toLowerCase()))).toEqual([])
})
