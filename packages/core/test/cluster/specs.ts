/** Forty specs beyond the recorded ones, each as its difference from a plain application; rendered to `golden/<name>.yaml`. */
import type { ClusterSpec, RestoreIntent } from '../../src/index.ts'

export interface GoldenSpec {
  name: string
  spec: ClusterSpec
  /** settings of the operator's configuration file */
  operator?: Record<string, string>
  restore?: RestoreIntent
  generation?: number
  yaml?: boolean
  kubernetesVersion?: string
}

const job = { jarURI: 'local:///opt/flink/usrlib/orders.jar', parallelism: 4, upgradeMode: 'stateless' }
const plain: ClusterSpec = {
  image: 'registry.example.com/orders:7',
  flinkVersion: 'v1_20',
  serviceAccount: 'flink',
  jobManager: { resource: { memory: '1600m', cpu: 1 } },
  taskManager: { resource: { memory: '2g', cpu: 2 } },
  job,
}
const ha = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://lake/ha' }
const session: ClusterSpec = { ...plain, job: undefined }
const standalone: ClusterSpec = { ...plain, mode: 'standalone' }
const jobId = '0123456789abcdef0123456789abcdef'

export const goldenSpecs: readonly GoldenSpec[] = [
  // upgrades: what a successor starts from
  {
    name: 'upgrade-savepoint',
    spec: { ...plain, job: { ...job, upgradeMode: 'savepoint' } },
    generation: 7,
    restore: { jobId, savepointPath: 's3://lake/sp/savepoint-0123' },
  },
  {
    name: 'upgrade-last-state',
    spec: { ...plain, flinkConfiguration: ha, job: { ...job, upgradeMode: 'last-state' } },
    generation: 3,
    restore: { jobId, requireHa: true, deploymentId: 'second' },
  },
  {
    name: 'upgrade-last-state-2-2',
    spec: { ...plain, flinkVersion: 'v2_2', flinkConfiguration: ha, job: { ...job, upgradeMode: 'last-state' } },
    restore: { jobId, requireHa: true },
  },
  {
    name: 'standalone-savepoint-lenient',
    spec: {
      ...standalone,
      job: { ...job, upgradeMode: 'savepoint', entryClass: 'com.example.Orders', args: ['--topic', 'orders in'] },
    },
    restore: { jobId, savepointPath: 's3://lake/sp/1', allowNonRestoredState: true },
  },
  {
    name: 'standalone-last-state-2-1',
    spec: { ...standalone, flinkVersion: 'v2_1', flinkConfiguration: ha, job: { ...job, upgradeMode: 'last-state' } },
    restore: { jobId, requireHa: true },
  },
  {
    name: 'own-job-id',
    spec: { ...plain, flinkConfiguration: { '$internal.pipeline.job-id': 'ffffffffffffffffffffffffffffffff' } },
    restore: { jobId },
  },
  {
    name: 'own-savepoint-path-is-not-kept',
    spec: { ...plain, flinkConfiguration: { 'execution.savepoint.path': 's3://old/sp' } },
  },
  // versions and modes with HA
  { name: 'native-1-17-ha', spec: { ...plain, flinkVersion: 'v1_17', flinkConfiguration: ha } },
  {
    name: 'native-1-19-ha-zookeeper',
    spec: {
      ...plain,
      flinkVersion: 'v1_19',
      flinkConfiguration: {
        'high-availability.type': 'zookeeper',
        'high-availability.storageDir': 's3://lake/ha',
        'high-availability.zookeeper.quorum': 'zk:2181',
      },
    },
  },
  {
    name: 'native-2-3-ha-standbys',
    spec: { ...plain, flinkVersion: 'v2_3', flinkConfiguration: ha, jobManager: { ...plain.jobManager, replicas: 2 } },
  },
  { name: 'native-2-4', spec: { ...plain, flinkVersion: 'v2_4' } },
  { name: 'session-1-19-ha', spec: { ...session, flinkVersion: 'v1_19', flinkConfiguration: ha } },
  {
    name: 'session-2-3-ha-standbys',
    spec: {
      ...session,
      flinkVersion: 'v2_3',
      flinkConfiguration: ha,
      jobManager: { ...plain.jobManager, replicas: 3 },
    },
  },
  {
    name: 'session-standalone-1-20-ha',
    spec: {
      ...session,
      mode: 'standalone',
      taskManager: { ...plain.taskManager, replicas: 3 },
      flinkConfiguration: ha,
    },
  },
  { name: 'session-standalone-2-2', spec: { ...session, mode: 'standalone', flinkVersion: 'v2_2' } },
  { name: 'standalone-1-18-ha', spec: { ...standalone, flinkVersion: 'v1_18', flinkConfiguration: ha } },
  {
    name: 'standalone-2-3-ha-python',
    spec: {
      ...standalone,
      flinkVersion: 'v2_3',
      flinkConfiguration: ha,
      job: {
        parallelism: 2,
        upgradeMode: 'stateless',
        entryClass: 'org.apache.flink.client.python.PythonDriver',
        args: ['-py', '/opt/flink/usrlib/job.py'],
      },
    },
  },
  // scale
  {
    name: 'standalone-reactive',
    spec: {
      ...standalone,
      flinkConfiguration: { 'scheduler-mode': 'reactive' },
      taskManager: { ...plain.taskManager, replicas: 3 },
    },
  },
  {
    name: 'standalone-slots-round-up',
    spec: {
      ...standalone,
      flinkConfiguration: { 'taskmanager.numberOfTaskSlots': 3 },
      job: { ...job, parallelism: 10 },
    },
  },
  {
    name: 'standalone-overrides-decide',
    spec: {
      ...standalone,
      flinkConfiguration: {
        'pipeline.jobvertex-parallelism-overrides': 'aa:12,bb:3',
        'taskmanager.numberOfTaskSlots': 4,
      },
    },
  },
  {
    name: 'native-replicas-times-slots',
    spec: {
      ...plain,
      flinkConfiguration: { 'taskmanager.numberOfTaskSlots': 2 },
      taskManager: { ...plain.taskManager, replicas: 5 },
    },
  },
  {
    name: 'autoscaler-on',
    spec: {
      ...plain,
      flinkConfiguration: {
        'job.autoscaler.enabled': true,
        'job.autoscaler.target.utilization': 0.6,
        'kubernetes.operator.savepoint.history.max.count': 5,
      },
    },
  },
  // resources
  {
    name: 'resources-kubernetes',
    spec: {
      ...plain,
      jobManager: { resources: { requests: { cpu: '250m', memory: '1200Mi' }, limits: { cpu: 1, memory: '1200Mi' } } },
      taskManager: {
        resources: {
          requests: { cpu: 2, memory: '3Gi', 'nvidia.com/gpu': 1 },
          limits: { cpu: 4, memory: '3Gi', 'nvidia.com/gpu': 1 },
        },
      },
    },
  },
  {
    name: 'resources-kubernetes-standalone',
    spec: {
      ...standalone,
      taskManager: {
        resources: {
          requests: { cpu: '1500m', memory: '3Gi', 'ephemeral-storage': '5Gi' },
          limits: { cpu: 3, memory: '6Gi', 'ephemeral-storage': '10Gi' },
        },
      },
    },
  },
  {
    name: 'resources-fine-grained',
    spec: {
      ...plain,
      jobManager: {},
      taskManager: {},
      flinkConfiguration: {
        'jobmanager.memory.heap.size': '1g',
        'taskmanager.memory.task.heap.size': '1g',
        'taskmanager.memory.managed.size': '512m',
        'taskmanager.cpu.cores': 1.5,
      },
    },
  },
  {
    name: 'resources-1-16-legacy-keys',
    spec: { ...plain, flinkVersion: 'v1_16', jobManager: { resource: { memory: '2Gi', cpu: 0.25 } } },
  },
  {
    name: 'resources-ephemeral-in-template',
    spec: {
      ...plain,
      taskManager: {
        resource: { memory: '2g', cpu: 1, ephemeralStorage: '20G' },
        podTemplate: {
          spec: { containers: [{ name: 'flink-main-container', resources: { limits: { 'nvidia.com/gpu': '1' } } }] },
        },
      },
    },
  },
  // templates
  {
    name: 'template-sidecar-by-name',
    spec: {
      ...plain,
      flinkConfiguration: { 'kubernetes.operator.pod-template.merge-arrays-by-name': true },
      podTemplate: {
        metadata: { labels: { team: 'orders' } },
        spec: {
          containers: [
            {
              name: 'flink-main-container',
              env: [{ name: 'A', value: '1' }],
              volumeMounts: [{ name: 'data', mountPath: '/data' }],
            },
            { name: 'log-shipper', image: 'fluent-bit:3' },
          ],
          volumes: [{ name: 'data', emptyDir: {} }],
        },
      },
      jobManager: {
        ...plain.jobManager,
        podTemplate: {
          spec: {
            containers: [
              { name: 'log-shipper', image: 'fluent-bit:4' },
              { name: 'flink-main-container', env: [{ name: 'B', value: '2' }] },
            ],
          },
        },
      },
      taskManager: {
        ...plain.taskManager,
        podTemplate: { spec: { volumes: [{ name: 'cache', emptyDir: { medium: 'Memory' } }] } },
      },
    },
  },
  {
    name: 'template-scheduling-and-options',
    spec: {
      ...plain,
      podTemplate: {
        spec: {
          nodeSelector: { disk: 'ssd' },
          tolerations: [{ key: 'spot', operator: 'Exists' }],
          priorityClassName: 'high',
          securityContext: { runAsUser: 9999 },
          topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }],
        },
      },
      flinkConfiguration: {
        'kubernetes.jobmanager.node-selector': 'disk:nvme,zone:a',
        'kubernetes.jobmanager.tolerations': 'key:dedicated,operator:Equal,value:flink,effect:NoSchedule',
        'kubernetes.container.image.pull-secrets': 'one;two',
      },
    },
  },
  {
    name: 'template-ha-volume-standalone',
    spec: {
      ...standalone,
      flinkConfiguration: {
        'high-availability.type': 'kubernetes',
        'high-availability.storageDir': 'file:///flink-data/ha',
      },
      podTemplate: {
        spec: {
          containers: [
            { name: 'flink-main-container', volumeMounts: [{ name: 'flink-data', mountPath: '/flink-data' }] },
          ],
          volumes: [{ name: 'flink-data', persistentVolumeClaim: { claimName: 'flink' } }],
        },
      },
    },
  },
  {
    name: 'template-service-account-of-template',
    spec: {
      ...plain,
      serviceAccount: undefined,
      podTemplate: {
        spec: {
          serviceAccountName: 'from-template',
          containers: [{ name: 'flink-main-container', image: 'from/template:1' }],
        },
      },
      image: undefined,
    },
  },
  {
    name: 'kerberos-from-secret',
    spec: {
      ...plain,
      flinkConfiguration: {
        'kubernetes.secrets': 'keytab:/etc/kerberos',
        'security.kerberos.login.keytab': '/etc/kerberos/user.keytab',
        'security.kerberos.login.principal': 'user@EXAMPLE.COM',
      },
    },
  },
  {
    name: 'hadoop-and-secrets',
    spec: {
      ...plain,
      flinkConfiguration: {
        'kubernetes.hadoop.conf.config-map.name': 'hadoop',
        'kubernetes.env.secretKeyRef': 'env:S3_KEY,secret:s3,key:access-key',
        'containerized.master.env.ROLE': 'jm',
        'containerized.taskmanager.env.ROLE': 'tm',
      },
    },
  },
  // ingress
  {
    name: 'ingress-path-rewrite',
    spec: {
      ...plain,
      ingress: {
        template: '/{{namespace}}/{{name}}(/|$)(.*)',
        className: 'nginx',
        annotations: { 'nginx.ingress.kubernetes.io/rewrite-target': '/$2' },
      },
    },
  },
  {
    name: 'ingress-host-tls',
    spec: {
      ...session,
      ingress: {
        template: '{{name}}.{{namespace}}.flink.example.com',
        labels: { team: 'orders' },
        tls: [{ hosts: ['*.flink.example.com'], secretName: 'wildcard' }],
      },
    },
  },
  {
    name: 'ingress-old-kubernetes',
    spec: { ...plain, flinkConfiguration: { 'rest.port': 9081 }, ingress: { template: 'flink.example.com/{{name}}' } },
    kubernetesVersion: '1.18',
  },
  // logging, java options, configuration formats
  {
    name: 'logging-own-files-2-2',
    spec: {
      ...plain,
      flinkVersion: 'v2_2',
      logConfiguration: {
        'log4j-console.properties': 'rootLogger.level = DEBUG\n',
        'logback-console.xml': '<configuration/>\n',
        'other.properties': 'ignored',
      },
    },
  },
  {
    name: 'java-options-2-0',
    spec: {
      ...plain,
      flinkVersion: 'v2_0',
      flinkConfiguration: { env: { java: { opts: { all: '-XX:+UseG1GC', taskmanager: '-Dx=1' } } } },
    },
    operator: {
      'kubernetes.operator.default-configuration.flink-version.v1_19+.env.java.default-opts.all':
        '--add-opens=java.base/java.lang=ALL-UNNAMED',
    },
  },
  {
    name: 'operator-config-yaml-2-1',
    spec: {
      ...plain,
      flinkVersion: 'v2_1',
      flinkConfiguration: { 'kubernetes.jobmanager.annotations': { 'example.com/a': 'b' } },
      job: { ...job, args: ['--a', 'x;y'] },
    },
    yaml: true,
  },
  {
    name: 'host-network-and-ports',
    spec: {
      ...plain,
      flinkConfiguration: {
        'kubernetes.hostnetwork.enabled': true,
        'rest.port': 9081,
        'jobmanager.rpc.port': 7123,
        'blob.server.port': 7124,
        'kubernetes.rest-service.exposed.type': 'NodePort',
      },
    },
  },
]
