/**
 * The keys of Flink itself that the operator reads or writes. `since` is the Flink version that first knows the spelling, and the
 * first deprecated key is what earlier versions call it; `keyFor` picks between them.
 */
import { boolean, double, duration, integer, list, map, memorySize, oneOf, text, type Codec } from './codecs.ts'
import { minutes, seconds } from './duration.ts'
import type { FlinkVersion } from '../flink/versions.ts'
import { option, type OptionFacts } from './option.ts'

const flink = <T, D extends T | undefined>(
  key: string,
  codec: Codec<T>,
  fallback: D,
  sentence: string,
  facts: { since?: FlinkVersion; was?: string[]; section?: string } = {},
) => {
  const { was = [], section = 'Flink', since } = facts
  const shared: OptionFacts = { scope: 'flink', section, dynamic: 'deploy', deprecatedKeys: was }
  return option<T, D>(key, codec, fallback, sentence, since === undefined ? shared : { ...shared, since })
}

// Parallelism, program and job
export const parallelismDefault = flink(
  'parallelism.default',
  integer,
  1,
  'The parallelism of operators that set none.',
)
export const pipelineName = flink('pipeline.name', text, undefined, 'The name of the job.')
export const pipelineJars = flink('pipeline.jars', list, [], 'Jars sent along with the job.')
export const pipelineClasspaths = flink(
  'pipeline.classpaths',
  list,
  [],
  'Further entries of the class path of the job.',
)
export const pipelineMaxParallelism = flink('pipeline.max-parallelism', integer, -1, 'The number of key groups.')
export const vertexParallelismOverrides = flink(
  'pipeline.jobvertex-parallelism-overrides',
  map,
  {},
  'Parallelism by vertex id; the autoscaler writes it.',
)
export const fixedJobId = flink('$internal.pipeline.job-id', text, undefined, 'The id the job gets.')
export const applicationMain = flink(
  '$internal.application.main',
  text,
  undefined,
  'The main class of the application.',
)
export const applicationArgs = flink(
  '$internal.application.program-args',
  list,
  [],
  'The arguments of the application.',
)
export const internalFlinkVersion = flink(
  '$internal.flink.version',
  text,
  undefined,
  'The version of the spec, written by the operator.',
)
export const internalConfigDir = flink(
  '$internal.deployment.config-dir',
  text,
  undefined,
  'Where the logging files for the deployment lie.',
)
export const executionTarget = flink(
  'execution.target',
  text,
  undefined,
  'How Flink deploys: kubernetes-application, kubernetes-session or remote.',
)
export const executionAttached = flink('execution.attached', boolean, false, 'Whether the client waits for the job.')
export const shutdownOnApplicationFinish = flink(
  'execution.shutdown-on-application-finish',
  boolean,
  true,
  'Whether a finished application ends its JobManager.',
)
export const submitFailedJob = flink(
  'execution.submit-failed-job-on-application-error',
  boolean,
  false,
  'Whether an application that throws shows up as a failed job.',
)

// Checkpoints, savepoints and state
export const checkpointingInterval = flink(
  'execution.checkpointing.interval',
  duration,
  undefined,
  'The time between checkpoints.',
)
export const checkpointingTimeout = flink(
  'execution.checkpointing.timeout',
  duration,
  minutes(10),
  'How long a checkpoint may take.',
)
export const tolerableFailedCheckpoints = flink(
  'execution.checkpointing.tolerable-failed-checkpoints',
  integer,
  0,
  'How many checkpoints in a row may fail.',
)
export const checkpointRetention = flink(
  'execution.checkpointing.externalized-checkpoint-retention',
  oneOf('DELETE_ON_CANCELLATION', 'RETAIN_ON_CANCELLATION', 'NO_EXTERNALIZED_CHECKPOINTS'),
  'NO_EXTERNALIZED_CHECKPOINTS',
  'What happens to checkpoints when the job is cancelled.',
)
export const checkpointDirectory = flink('execution.checkpointing.dir', text, undefined, 'Where checkpoints go.', {
  since: 'v1_20',
  was: ['state.checkpoints.dir'],
})
export const savepointDirectory = flink(
  'execution.checkpointing.savepoint-dir',
  text,
  undefined,
  'Where savepoints go.',
  { since: 'v1_20', was: ['state.savepoints.dir', 'savepoints.state.backend.fs.dir'] },
)
export const checkpointsRetained = flink(
  'execution.checkpointing.num-retained',
  integer,
  1,
  'How many completed checkpoints are kept.',
  { since: 'v1_20', was: ['state.checkpoints.num-retained'] },
)
export const incrementalCheckpoints = flink(
  'execution.checkpointing.incremental',
  boolean,
  false,
  'Whether checkpoints hold changes only.',
  { since: 'v1_20', was: ['state.backend.incremental'] },
)
export const checkpointStorage = flink('execution.checkpointing.storage', text, undefined, 'What stores checkpoints.', {
  since: 'v1_20',
  was: ['state.checkpoint-storage'],
})
export const stateBackend = flink('state.backend.type', text, 'hashmap', 'What holds the state of operators.', {
  since: 'v1_17',
  was: ['state.backend'],
})
export const savepointPath = flink(
  'execution.state-recovery.path',
  text,
  undefined,
  'The savepoint or checkpoint to start from.',
  { since: 'v1_20', was: ['execution.savepoint.path'] },
)
export const ignoreUnclaimedState = flink(
  'execution.state-recovery.ignore-unclaimed-state',
  boolean,
  false,
  'Whether state may be left over that no operator claims.',
  { since: 'v1_20', was: ['execution.savepoint.ignore-unclaimed-state'] },
)
export const claimMode = flink(
  'execution.state-recovery.claim-mode',
  oneOf('NO_CLAIM', 'CLAIM', 'LEGACY'),
  'NO_CLAIM',
  'Who owns the snapshot that the job starts from.',
  { since: 'v1_20', was: ['execution.savepoint-restore-mode'] },
)

// High availability
export const highAvailability = flink(
  'high-availability.type',
  text,
  'NONE',
  'How JobManagers keep their metadata: NONE, kubernetes, zookeeper, or a factory class.',
  { since: 'v1_17', was: ['high-availability', 'recovery.mode'] },
)
export const haClusterId = flink(
  'high-availability.cluster-id',
  text,
  '/default',
  'Whose metadata it is; the operator writes it.',
  { was: ['high-availability.zookeeper.path.namespace', 'recovery.zookeeper.path.namespace'] },
)
export const haStorageDir = flink('high-availability.storageDir', text, undefined, 'Where the metadata points to.', {
  was: ['high-availability.zookeeper.storageDir', 'recovery.zookeeper.storageDir'],
})
export const haJobManagerPort = flink(
  'high-availability.jobmanager.port',
  text,
  '0',
  'The RPC port of a JobManager with high availability.',
  { was: ['recovery.jobmanager.port'] },
)
export const jobResultStorePath = flink(
  'job-result-store.storage-path',
  text,
  undefined,
  'Where results of finished jobs are kept.',
)
export const jobResultStoreDelete = flink(
  'job-result-store.delete-on-commit',
  boolean,
  true,
  'Whether a result goes once it was acted upon.',
)

// Kubernetes
export const kubernetesNamespace = flink(
  'kubernetes.namespace',
  text,
  'default',
  'The namespace of the cluster; the operator writes it.',
)
export const kubernetesClusterId = flink(
  'kubernetes.cluster-id',
  text,
  undefined,
  'The name of the cluster; the operator writes it.',
)
export const kubernetesImage = flink(
  'kubernetes.container.image.ref',
  text,
  undefined,
  'The image of JobManager and TaskManager.',
  { since: 'v1_17', was: ['kubernetes.container.image'] },
)
export const kubernetesImagePullPolicy = flink(
  'kubernetes.container.image.pull-policy',
  oneOf('IfNotPresent', 'Always', 'Never'),
  'IfNotPresent',
  'When the image is pulled.',
)
export const kubernetesImagePullSecrets = flink(
  'kubernetes.container.image.pull-secrets',
  list,
  undefined,
  'Secrets for pulling the image.',
)
export const kubernetesServiceAccount = flink(
  'kubernetes.service-account',
  text,
  'default',
  'The service account of both components.',
)
export const kubernetesJobManagerServiceAccount = flink(
  'kubernetes.jobmanager.service-account',
  text,
  'default',
  'The service account of the JobManager.',
)
export const kubernetesTaskManagerServiceAccount = flink(
  'kubernetes.taskmanager.service-account',
  text,
  'default',
  'The service account of TaskManagers.',
)
export const kubernetesJobManagerReplicas = flink(
  'kubernetes.jobmanager.replicas',
  integer,
  1,
  'How many JobManagers stand by.',
)
export const kubernetesJobManagerCpu = flink('kubernetes.jobmanager.cpu.amount', double, 1, 'CPUs of the JobManager.', {
  since: 'v1_17',
  was: ['kubernetes.jobmanager.cpu'],
})
export const kubernetesTaskManagerCpu = flink(
  'kubernetes.taskmanager.cpu.amount',
  double,
  -1,
  'CPUs of a TaskManager; negative for one per slot.',
  { since: 'v1_17', was: ['kubernetes.taskmanager.cpu'] },
)
export const kubernetesJobManagerCpuLimit = flink(
  'kubernetes.jobmanager.cpu.limit-factor',
  double,
  1,
  'CPU limit over CPU request of the JobManager.',
)
export const kubernetesTaskManagerCpuLimit = flink(
  'kubernetes.taskmanager.cpu.limit-factor',
  double,
  1,
  'CPU limit over CPU request of a TaskManager.',
)
export const kubernetesJobManagerMemoryLimit = flink(
  'kubernetes.jobmanager.memory.limit-factor',
  double,
  1,
  'Memory limit over memory request of the JobManager.',
)
export const kubernetesTaskManagerMemoryLimit = flink(
  'kubernetes.taskmanager.memory.limit-factor',
  double,
  1,
  'Memory limit over memory request of a TaskManager.',
)
export const kubernetesJobManagerTemplate = flink(
  'kubernetes.pod-template-file.jobmanager',
  text,
  undefined,
  'The pod template of the JobManager, a file.',
)
export const kubernetesTaskManagerTemplate = flink(
  'kubernetes.pod-template-file.taskmanager',
  text,
  undefined,
  'The pod template of TaskManagers, a file.',
)
export const kubernetesPodTemplate = flink(
  'kubernetes.pod-template-file.default',
  text,
  undefined,
  'The pod template of both, a file.',
  { was: ['kubernetes.pod-template-file'] },
)
export const kubernetesJobManagerLabels = flink(
  'kubernetes.jobmanager.labels',
  map,
  undefined,
  'Labels of JobManager pods.',
)
export const kubernetesTaskManagerLabels = flink(
  'kubernetes.taskmanager.labels',
  map,
  undefined,
  'Labels of TaskManager pods.',
)
export const kubernetesJobManagerAnnotations = flink(
  'kubernetes.jobmanager.annotations',
  map,
  undefined,
  'Annotations of JobManager pods.',
)
export const kubernetesTaskManagerAnnotations = flink(
  'kubernetes.taskmanager.annotations',
  map,
  undefined,
  'Annotations of TaskManager pods.',
)
export const kubernetesJobManagerNodeSelector = flink(
  'kubernetes.jobmanager.node-selector',
  map,
  undefined,
  'Which nodes JobManagers run on.',
)
export const kubernetesTaskManagerNodeSelector = flink(
  'kubernetes.taskmanager.node-selector',
  map,
  undefined,
  'Which nodes TaskManagers run on.',
)
export const kubernetesJobManagerTolerations = flink(
  'kubernetes.jobmanager.tolerations',
  list,
  undefined,
  'Taints JobManagers bear.',
)
export const kubernetesTaskManagerTolerations = flink(
  'kubernetes.taskmanager.tolerations',
  list,
  undefined,
  'Taints TaskManagers bear.',
)
export const kubernetesJobManagerOwner = flink(
  'kubernetes.jobmanager.owner.reference',
  list,
  undefined,
  'Who owns the JobManager Deployment.',
)
export const kubernetesJobManagerEntrypointArgs = flink(
  'kubernetes.jobmanager.entrypoint.args',
  text,
  '',
  'Further arguments of the JobManager.',
)
export const kubernetesTaskManagerEntrypointArgs = flink(
  'kubernetes.taskmanager.entrypoint.args',
  text,
  '',
  'Further arguments of TaskManagers.',
)
export const kubernetesRestServiceType = flink(
  'kubernetes.rest-service.exposed.type',
  oneOf('ClusterIP', 'NodePort', 'LoadBalancer', 'Headless_ClusterIP'),
  'ClusterIP',
  'The type of the REST Service.',
)
export const kubernetesRestServiceAnnotations = flink(
  'kubernetes.rest-service.annotations',
  map,
  undefined,
  'Annotations of the REST Service.',
)
export const kubernetesInternalServiceAnnotations = flink(
  'kubernetes.internal-service.annotations',
  map,
  undefined,
  'Annotations of the internal Service.',
  { since: 'v1_17' },
)
export const kubernetesSecrets = flink('kubernetes.secrets', map, undefined, 'Secrets to mount: name to path.')
export const kubernetesEnvSecrets = flink(
  'kubernetes.env.secretKeyRef',
  list,
  undefined,
  'Environment variables out of secrets.',
)
export const kubernetesHostNetwork = flink(
  'kubernetes.hostnetwork.enabled',
  boolean,
  false,
  'Whether pods use the network of their node.',
)
export const kubernetesConfigFile = flink(
  'kubernetes.config.file',
  text,
  undefined,
  'The kubeconfig file of the client.',
)
export const kubernetesConfDir = flink(
  'kubernetes.flink.conf.dir',
  text,
  '/opt/flink/conf',
  'Where the configuration is mounted.',
)
export const kubernetesLogDir = flink('kubernetes.flink.log.dir', text, undefined, 'Where logs go in a pod.')
export const kubernetesEntryPath = flink(
  'kubernetes.entry.path',
  text,
  '/docker-entrypoint.sh',
  'The entry point of the image.',
)
export const standaloneTaskManagers = flink(
  'kubernetes.internal.taskmanager.replicas',
  integer,
  1,
  'How many TaskManagers a standalone cluster has; the operator writes it.',
)
export const standaloneClusterMode = flink(
  'kubernetes.internal.cluster-mode',
  oneOf('APPLICATION', 'SESSION'),
  'APPLICATION',
  'What a standalone cluster runs; the operator writes it.',
)

// Processes
export const jobManagerProcessMemory = flink(
  'jobmanager.memory.process.size',
  memorySize,
  undefined,
  'Memory of the whole JobManager process.',
)
export const jobManagerFlinkMemory = flink(
  'jobmanager.memory.flink.size',
  memorySize,
  undefined,
  'Memory of the JobManager without JVM overhead.',
)
export const jobManagerHeap = flink('jobmanager.memory.heap.size', memorySize, undefined, 'Heap of the JobManager.')
export const jobManagerLegacyHeap = flink(
  'jobmanager.heap.size',
  memorySize,
  undefined,
  'Heap of the JobManager, before Flink 1.11.',
  { was: ['jobmanager.heap.mb'] },
)
export const jobManagerOffHeap = flink(
  'jobmanager.memory.off-heap.size',
  memorySize,
  128 * 2 ** 20,
  'Direct and native memory of the JobManager.',
)
export const jobManagerMetaspace = flink(
  'jobmanager.memory.jvm-metaspace.size',
  memorySize,
  256 * 2 ** 20,
  'Metaspace of the JobManager.',
)
export const jobManagerOverheadMin = flink(
  'jobmanager.memory.jvm-overhead.min',
  memorySize,
  192 * 2 ** 20,
  'The least JVM overhead of the JobManager.',
)
export const jobManagerOverheadMax = flink(
  'jobmanager.memory.jvm-overhead.max',
  memorySize,
  2 ** 30,
  'The most JVM overhead of the JobManager.',
)
export const jobManagerOverheadFraction = flink(
  'jobmanager.memory.jvm-overhead.fraction',
  double,
  0.1,
  'JVM overhead as a share of the JobManager process.',
)
export const taskManagerProcessMemory = flink(
  'taskmanager.memory.process.size',
  memorySize,
  undefined,
  'Memory of the whole TaskManager process.',
)
export const taskManagerFlinkMemory = flink(
  'taskmanager.memory.flink.size',
  memorySize,
  undefined,
  'Memory of a TaskManager without JVM overhead.',
  { was: ['taskmanager.heap.size', 'taskmanager.heap.mb'] },
)
export const taskManagerTaskHeap = flink('taskmanager.memory.task.heap.size', memorySize, undefined, 'Heap for tasks.')
export const taskManagerTaskOffHeap = flink(
  'taskmanager.memory.task.off-heap.size',
  memorySize,
  0,
  'Off-heap memory for tasks.',
)
export const taskManagerFrameworkHeap = flink(
  'taskmanager.memory.framework.heap.size',
  memorySize,
  128 * 2 ** 20,
  'Heap for the framework.',
)
export const taskManagerFrameworkOffHeap = flink(
  'taskmanager.memory.framework.off-heap.size',
  memorySize,
  128 * 2 ** 20,
  'Off-heap memory for the framework.',
)
export const taskManagerManaged = flink('taskmanager.memory.managed.size', memorySize, undefined, 'Managed memory.', {
  was: ['taskmanager.memory.size'],
})
export const taskManagerManagedFraction = flink(
  'taskmanager.memory.managed.fraction',
  double,
  0.4,
  'Managed memory as a share.',
)
export const taskManagerNetworkMin = flink(
  'taskmanager.memory.network.min',
  memorySize,
  64 * 2 ** 20,
  'The least network memory.',
  { was: ['taskmanager.network.memory.min'] },
)
export const taskManagerNetworkMax = flink(
  'taskmanager.memory.network.max',
  memorySize,
  Number.MAX_SAFE_INTEGER,
  'The most network memory.',
  { was: ['taskmanager.network.memory.max'] },
)
export const taskManagerNetworkFraction = flink(
  'taskmanager.memory.network.fraction',
  double,
  0.1,
  'Network memory as a share.',
  { was: ['taskmanager.network.memory.fraction'] },
)
export const taskManagerMetaspace = flink(
  'taskmanager.memory.jvm-metaspace.size',
  memorySize,
  256 * 2 ** 20,
  'Metaspace of a TaskManager.',
)
export const taskManagerOverheadMin = flink(
  'taskmanager.memory.jvm-overhead.min',
  memorySize,
  192 * 2 ** 20,
  'The least JVM overhead of a TaskManager.',
)
export const taskManagerOverheadMax = flink(
  'taskmanager.memory.jvm-overhead.max',
  memorySize,
  2 ** 30,
  'The most JVM overhead of a TaskManager.',
)
export const taskManagerOverheadFraction = flink(
  'taskmanager.memory.jvm-overhead.fraction',
  double,
  0.1,
  'JVM overhead as a share of a TaskManager process.',
)
export const taskSlots = flink('taskmanager.numberOfTaskSlots', integer, 1, 'Slots of a TaskManager.')
export const jobManagerScheduler = flink(
  'jobmanager.scheduler',
  oneOf('Default', 'Adaptive', 'AdaptiveBatch'),
  'Default',
  'Which scheduler runs jobs.',
)
export const schedulerMode = flink(
  'scheduler-mode',
  oneOf('REACTIVE'),
  undefined,
  'REACTIVE lets the job follow the TaskManagers there are.',
)
export const blobServerPort = flink('blob.server.port', text, '0', 'The port of the blob server.')
export const jobManagerRpcAddress = flink(
  'jobmanager.rpc.address',
  text,
  undefined,
  'Where TaskManagers find the JobManager.',
)
export const jobManagerRpcPort = flink('jobmanager.rpc.port', integer, 6123, 'The RPC port of the JobManager.')
export const taskManagerRpcPort = flink('taskmanager.rpc.port', text, '0', 'The RPC port of a TaskManager.')
export const restAddress = flink('rest.address', text, undefined, 'Where clients find the REST interface.')
export const restPort = flink('rest.port', integer, 8081, 'The REST port.')
export const restBindPort = flink('rest.bind-port', text, '8081', 'The REST port that is bound.')
export const restBindAddress = flink('rest.bind-address', text, undefined, 'The address the REST interface binds.')
export const jobManagerBindHost = flink('jobmanager.bind-host', text, undefined, 'The address the JobManager binds.')
export const taskManagerBindHost = flink('taskmanager.bind-host', text, undefined, 'The address a TaskManager binds.')
export const taskManagerHost = flink('taskmanager.host', text, undefined, 'Under which name a TaskManager is known.')
export const webRefreshInterval = flink(
  'web.refresh-interval',
  duration,
  seconds(3),
  'How old what the REST interface tells of jobs may be.',
)
export const webCancel = flink('web.cancel.enable', boolean, true, 'Whether the web page offers to cancel jobs.')
export const asyncStoreDuration = flink(
  'rest.async.store-duration',
  duration,
  minutes(5),
  'How long results of asynchronous calls are remembered.',
)
export const restCheckpointCache = flink(
  'rest.cache.checkpoint-statistics.timeout',
  duration,
  seconds(3),
  'How long checkpoint statistics are cached.',
  { since: 'v1_18' },
)
export const javaOptions = flink('env.java.opts.all', text, '', 'Java options of every process.', {
  since: 'v1_17',
  was: ['env.java.opts'],
})
export const javaDefaultOptions = flink(
  'env.java.default-opts.all',
  text,
  '',
  'Java options in front of those of the user.',
  { since: 'v1_19' },
)
