/** What readers of well-known tutorials do to their manifests, and what they must be told. */
type Json = Record<string, any>

export interface Scenario {
  /** the step of the tutorial */
  id: string
  what: string
  /** a manifest of manifests.yaml */
  base: string
  /** a merge patch, as `kubectl patch --type merge` takes */
  patch?: Json
  /** the name of the manifest that is there already: an update */
  over?: string | { base: string; patch?: Json; status?: Json }
  /** manifests that exist besides */
  with?: string[]
  /** lines of the operator's flink-conf.yaml */
  conf?: string[]
  home?: true
  allowed: boolean
  /** codes of errors, then of warnings */
  errors?: string[]
  warnings?: string[]
  /** what the text must hold for readers who search for it */
  says?: string
}

const spec = (part: Json): Json => ({ spec: part })
const conf = (entries: Json): Json => spec({ flinkConfiguration: entries })
const job = (part: Json): Json => spec({ job: part })
const recorded = (part: Json): Json => ({
  reconciliationStatus: {
    state: 'DEPLOYED',
    lastReconciledSpec: JSON.stringify({
      spec: part,
      resource_metadata: { apiVersion: 'flink.apache.org/v1beta1', firstDeployment: false },
    }),
  },
})
const stateful = {
  'state.checkpoints.dir': 's3://lake/cp',
  'execution.checkpointing.savepoint-dir': 's3://lake/sp',
}
const sampleWarnings = ['PARALLELISM_IGNORED', 'STATE_NOT_KEPT', 'OPTION_UNKNOWN']
/** The 1.17 form of the sample, upgraded by savepoint. */
const on117 = { image: 'flink:1.17', flinkVersion: 'v1_17', job: { upgradeMode: 'savepoint' } }
const old117 = { base: 'M0-sample', patch: spec(on117) }
const reactive = {
  mode: 'standalone',
  flinkConfiguration: { 'scheduler-mode': 'reactive' },
  taskManager: { replicas: 2 },
}

export const scenarios: Scenario[] = [
  { id: 'S000-3', what: 'session cluster', base: 'M0-session', allowed: true },
  {
    id: 'S000-4a',
    what: 'session job as published, without a job',
    base: 'M0-session-job',
    with: ['M0-session'],
    allowed: false,
    errors: ['JOB_MISSING'],
    says: 'The job spec should not be empty',
  },
  {
    id: 'S000-4b',
    what: 'session job, completed',
    base: 'M0-session-job',
    patch: job({ jarURI: 'https://repo.example.com/TopSpeedWindowing.jar', parallelism: 4, upgradeMode: 'stateless' }),
    with: ['M0-session'],
    allowed: true,
  },
  {
    id: 'S000-4c',
    what: 'session job before its cluster',
    base: 'M0-session-job',
    patch: job({ jarURI: 'https://repo.example.com/TopSpeedWindowing.jar', parallelism: 4 }),
    allowed: true,
    warnings: ['CLUSTER_UNKNOWN'],
  },
  { id: 'S000-5', what: 'sample job', base: 'M0-sample', allowed: true, warnings: sampleWarnings, says: 'io.tmp.dirs' },
  {
    id: 'S000-5',
    what: 'sample job with an empty S3_BUCKET',
    base: 'M0-sample',
    patch: conf({
      'state.checkpoints.dir': 's3:///flink-checkpoints',
      'execution.checkpointing.savepoint-dir': 's3:///flink-savepoints',
      'high-availability.storageDir': 's3:///flink-checkpoints/ha',
      'job-result-store.storage-path': 's3:///job-result-store',
    }),
    allowed: false,
    errors: ['BUCKET_MISSING', 'BUCKET_MISSING', 'BUCKET_MISSING', 'BUCKET_MISSING'],
    warnings: sampleWarnings,
  },
  {
    id: 'S000-8',
    what: 'a savepoint every 30 s',
    base: 'M0-sample',
    patch: conf({ 'kubernetes.operator.periodic.savepoint.interval': '30s' }),
    over: 'M0-sample',
    allowed: true,
    warnings: sampleWarnings,
  },
  ...['stateless', 'savepoint', 'last-state'].map((upgradeMode): Scenario => ({
    id: 'S000-9',
    what: `an image that does not exist, ${upgradeMode}`,
    base: 'M0-sample',
    patch: spec({ image: 'registry.example.com/library/flink:no-such-tag', job: { upgradeMode } }),
    over: { base: 'M0-sample', patch: job({ upgradeMode }) },
    allowed: true,
    warnings: upgradeMode === 'stateless' ? sampleWarnings : ['PARALLELISM_IGNORED', 'OPTION_UNKNOWN'],
  })),
  {
    id: 'S000-9',
    what: 'rollback without HA',
    base: 'M0-sample',
    patch: conf({ 'high-availability.type': null, 'high-availability.storageDir': null }),
    allowed: false,
    errors: ['ROLLBACK_NEEDS_HA'],
    warnings: sampleWarnings,
  },
  {
    id: 'S000-10',
    what: 'suspended',
    base: 'M0-sample',
    patch: job({ state: 'suspended' }),
    over: 'M0-sample',
    allowed: true,
    warnings: sampleWarnings,
  },
  {
    id: 'S000-10',
    what: 'resumed',
    base: 'M0-sample',
    patch: job({ state: 'running' }),
    over: { base: 'M0-sample', patch: job({ state: 'suspended' }) },
    allowed: true,
    warnings: sampleWarnings,
  },
  ...(['savepoint', 'last-state'] as const).map((upgradeMode): Scenario => ({
    id: 'S000-11',
    what: `${upgradeMode}, other memory`,
    base: 'M0-sample',
    patch: spec({ job: { upgradeMode }, taskManager: { resource: { memory: '3g' } } }),
    over: { base: 'M0-sample', patch: job({ upgradeMode }) },
    allowed: true,
    warnings: ['PARALLELISM_IGNORED', 'OPTION_UNKNOWN'],
  })),
  {
    id: 'S000-11',
    what: 'last-state without a checkpoint directory',
    base: 'M1-app',
    patch: job({ upgradeMode: 'last-state' }),
    allowed: false,
    errors: ['CHECKPOINT_DIRECTORY_MISSING'],
    warnings: ['FLINK_VERSION_DEPRECATED'],
  },
  ...(['native', 'standalone'] as const).map((mode): Scenario => ({
    id: 'S000-12',
    what: `mode ${mode}`,
    base: 'M1-app',
    patch: spec({ mode }),
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED'],
  })),
  ...(['native', 'standalone'] as const).map((mode): Scenario => ({
    id: 'S000-12',
    what: `from mode ${mode} to the other`,
    base: 'M1-app',
    patch: spec({ mode: mode === 'native' ? 'standalone' : 'native' }),
    over: { base: 'M1-app', patch: spec({ mode }) },
    allowed: false,
    errors: ['MODE_CHANGED'],
    warnings: ['FLINK_VERSION_DEPRECATED'],
  })),
  {
    id: 'S000-12',
    what: 'mode: native written out on a running object',
    base: 'M1-app',
    patch: spec({ mode: 'native' }),
    over: 'M1-app',
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED'],
  },
  {
    id: 'S000-12',
    what: 'mode beside spec',
    base: 'M1-app',
    patch: { mode: 'standalone' },
    allowed: false,
    errors: ['FIELD_UNKNOWN'],
    warnings: ['FLINK_VERSION_DEPRECATED'],
    says: 'unknown field \\"mode\\"',
  },
  {
    id: 'S000-14',
    what: 'resources beside resource',
    base: 'M1-app',
    patch: spec({
      taskManager: { resources: { requests: { memory: '2Gi', cpu: '1' }, limits: { memory: '2Gi', cpu: '2' } } },
    }),
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED', 'RESOURCE_IGNORED'],
  },
  {
    id: 'S000-15',
    what: 'batch',
    base: 'M2-basic',
    patch: spec({
      flinkConfiguration: { 'execution.runtime-mode': 'BATCH' },
      job: { jarURI: 'local:///opt/flink/examples/streaming/WordCount.jar' },
    }),
    allowed: true,
  },
  { id: 'S001-1', what: 'Flink 1.16', base: 'M1-app', allowed: true, warnings: ['FLINK_VERSION_DEPRECATED'] },
  ...['v1_13', 'v1_14'].map((flinkVersion): Scenario => ({
    id: 'S001-1',
    what: `Flink ${flinkVersion}`,
    base: 'M1-app',
    patch: spec({ flinkVersion }),
    allowed: false,
    errors: ['FLINK_VERSION_UNSUPPORTED'],
  })),
  {
    id: 'S001-2',
    what: 'a jar of another Flink: not to be seen from outside',
    base: 'M1-session-job',
    with: ['M0-session'],
    allowed: true,
  },
  ...[
    ['http://repo.example.com/x.jar', 'JAR_SCHEME_REFUSED'],
    ['https://10.1.2.3/x.jar', 'JAR_HOST_RESTRICTED'],
    ['https://localhost/x.jar', 'JAR_HOST_RESTRICTED'],
    ['http://127.0.0.1:8000/x.jar', 'JAR_SCHEME_REFUSED'],
    ['https://169.254.169.254/x.jar', 'JAR_HOST_RESTRICTED'],
  ].map(([jarURI, code]): Scenario => ({
    id: 'S001-2',
    what: `a jar from ${jarURI}`,
    base: 'M1-session-job',
    patch: job({ jarURI }),
    with: ['M0-session'],
    allowed: false,
    errors: [code!],
  })),
  {
    id: 'S001-2',
    what: 'http and inner hosts, where the operator allows them',
    base: 'M1-session-job',
    patch: job({ jarURI: 'http://10.1.2.3/x.jar' }),
    with: ['M0-session'],
    conf: [
      'kubernetes.operator.user.artifacts.allowed-schemes: http;https',
      'kubernetes.operator.user.artifacts.disallow-restricted-hosts: false',
    ],
    allowed: true,
  },
  {
    id: 'S001-2',
    what: 'a server on this machine, for a home',
    base: 'M1-session-job',
    patch: job({ jarURI: 'http://127.0.0.1:8000/x.jar' }),
    with: ['M0-session'],
    home: true,
    allowed: true,
  },
  {
    id: 'S001-2',
    what: 'a home, too, fetches nothing from elsewhere over http',
    base: 'M1-session-job',
    patch: job({ jarURI: 'http://10.1.2.3/x.jar' }),
    with: ['M0-session'],
    home: true,
    allowed: false,
    errors: ['JAR_SCHEME_REFUSED'],
  },
  {
    id: 'S001-4',
    what: '1.17 to 1.20 by savepoint',
    base: 'M0-sample',
    patch: spec({ ...on117, image: 'flink:1.20', flinkVersion: 'v1_20' }),
    over: old117,
    allowed: true,
    warnings: ['PARALLELISM_IGNORED', 'OPTION_UNKNOWN'],
  },
  {
    id: 'S001-4',
    what: 'and back',
    base: 'M0-sample',
    patch: spec(on117),
    over: { base: 'M0-sample', patch: spec({ ...on117, image: 'flink:1.20', flinkVersion: 'v1_20' }) },
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED', 'PARALLELISM_IGNORED', 'OPTION_UNKNOWN'],
  },
  ...(['last-state', 'savepoint', 'stateless'] as const).map((upgradeMode): Scenario => ({
    id: 'S001-4',
    what: `a version change while suspended by last-state, resumed ${upgradeMode}`,
    base: 'M0-sample',
    patch: spec({ flinkVersion: 'v2_1', job: { upgradeMode } }),
    over: {
      base: 'M0-sample',
      status: recorded({ flinkVersion: 'v2_0', job: { state: 'suspended', upgradeMode: 'last-state' } }),
    },
    allowed: upgradeMode === 'stateless',
    errors: upgradeMode === 'stateless' ? [] : ['FLINK_VERSION_AFTER_LAST_STATE_SUSPEND'],
    warnings: upgradeMode === 'stateless' ? sampleWarnings : ['PARALLELISM_IGNORED', 'OPTION_UNKNOWN'],
  })),
  ...[
    { 'state.backend': 'rocksdb', 'state.backend.incremental': 'true' },
    { 'high-availability': 'kubernetes', 'high-availability.type': 'kubernetes' },
  ].map((entries): Scenario => ({
    id: 'S001-4',
    what: `to 2.0 with ${Object.keys(entries).join(' beside ')}`,
    base: 'M2-basic',
    patch: spec({ image: 'flink:2.0', flinkVersion: 'v2_0', flinkConfiguration: entries }),
    over: 'M2-basic',
    allowed: false,
    errors: ['CONFIG_KEYS_OVERLAP'],
    says: 'state.backend' in entries ? 'state.backend.type' : 'high-availability.type',
  })),
  {
    id: 'S001-4',
    what: 'the old key of HA alone, on 2.0',
    base: 'M2-basic',
    patch: spec({
      image: 'flink:2.0',
      flinkVersion: 'v2_0',
      flinkConfiguration: { 'high-availability': 'kubernetes', 'high-availability.storageDir': 's3://lake/ha' },
    }),
    allowed: false,
    errors: ['CONFIG_KEYS_OVERLAP'],
    warnings: ['S3_PLUGIN_MISSING'],
  },
  {
    id: 'S001-5',
    what: 'a node pool with local disks: state on an emptyDir of each pod',
    base: 'M1-nodes',
    patch: spec({
      image: 'flink:1.17',
      flinkVersion: 'v1_17',
      podTemplate: {
        spec: {
          nodeSelector: { NodeGroupType: 'FlinkComputeOptimized' },
          tolerations: null,
          initContainers: null,
          volumes: [{ name: 'flink-ssd-volume' }],
        },
      },
    }),
    allowed: true,
    warnings: [
      'FLINK_VERSION_DEPRECATED',
      'PARALLELISM_IGNORED',
      'STATE_NOT_SHARED',
      'STATE_NOT_SHARED',
      'STATE_NOT_SHARED',
      'STATE_NOT_KEPT',
    ],
  },
  {
    id: 'S001-6',
    what: 'a tainted node group: toleration, init container, hostPath',
    base: 'M1-nodes',
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED', 'PARALLELISM_IGNORED', 'STATE_NOT_KEPT'],
  },
  {
    id: 'S001-7',
    what: 'a batch scheduler, its labels and annotations',
    base: 'M2-basic',
    patch: spec({
      podTemplate: {
        metadata: { labels: { queue: 'root.flink' }, annotations: { 'yunikorn.apache.org/task-group-name': 'tm' } },
        spec: { schedulerName: 'yunikorn' },
      },
    }),
    allowed: true,
  },
  {
    id: 'S001-8',
    what: 'JobManager on demand, TaskManagers on Spot',
    base: 'M2-basic',
    patch: spec({
      jobManager: { podTemplate: { spec: { nodeSelector: { 'karpenter.sh/capacity-type': 'on-demand' } } } },
      taskManager: { podTemplate: { spec: { nodeSelector: { 'karpenter.sh/capacity-type': 'spot' } } } },
    }),
    allowed: true,
  },
  {
    id: 'S002-2',
    what: 'flags and TTL by the operator’s configuration, no image in the manifest',
    base: 'M2-basic',
    patch: spec({ image: null }),
    conf: [
      'kubernetes.operator.default-configuration.flink-version.v1_20.env.java.default-opts.all: --add-exports=java.base/sun.net.util=ALL-UNNAMED',
      'kubernetes.operator.jm-deployment.shutdown-ttl: 30000',
      'kubernetes.container.image.ref: flink:1.20-java17',
    ],
    allowed: true,
  },
  { id: 'S002-5', what: 'first job', base: 'M2-basic', allowed: true },
  {
    id: 'S002-7',
    what: 'parallelism 2 to 4',
    base: 'M2-basic',
    patch: job({ parallelism: 4 }),
    over: 'M2-basic',
    allowed: true,
  },
  { id: 'S002-9', what: 'own image', base: 'M2-custom', allowed: true },
  {
    id: 'S002-10a',
    what: 'jar fetched by an init container',
    base: 'M2-custom',
    patch: spec({
      podTemplate: {
        spec: {
          initContainers: [
            {
              name: 'fetch',
              image: 'curlimages/curl',
              command: ['curl', '-o', '/jars/x.jar', 'https://repo.example.com/x.jar'],
              volumeMounts: [{ name: 'jars', mountPath: '/jars' }],
            },
          ],
          containers: [
            { name: 'flink-main-container', volumeMounts: [{ name: 'jars', mountPath: '/opt/flink/usrlib' }] },
          ],
          volumes: [{ name: 'jars', emptyDir: {} }],
        },
      },
      job: { jarURI: 'local:///opt/flink/usrlib/x.jar' },
    }),
    allowed: true,
  },
  ...(['https://repo.example.com/x.jar', 's3://job-files/hello-world-job-1.0.jar'] as const).flatMap(
    (jarURI): Scenario[] => [
      { id: 'S002-10', what: `${jarURI} on 1.20`, base: 'M2-custom', patch: job({ jarURI }), allowed: true },
      {
        id: 'S002-10',
        what: `${jarURI} on 1.18`,
        base: 'M2-custom',
        patch: spec({ flinkVersion: 'v1_18', job: { jarURI } }),
        allowed: false,
        errors: ['JAR_NOT_LOCAL'],
        warnings: ['FLINK_VERSION_DEPRECATED'],
      },
    ],
  ),
  {
    id: 'S002-11',
    what: 'jobs of unknown origin: standalone',
    base: 'M2-basic',
    patch: spec({ mode: 'standalone', serviceAccount: 'nobody' }),
    allowed: true,
  },
  {
    id: 'S002-12',
    what: 'PyFlink',
    base: 'M2-basic',
    patch: job({
      jarURI: 'local:///opt/flink/opt/flink-python-1.20.0.jar',
      entryClass: 'org.apache.flink.client.python.PythonDriver',
      args: ['-pyclientexec', '/usr/bin/python3', '-py', '/opt/flink/usrlib/python_demo.py'],
    }),
    allowed: true,
  },
  { id: 'S002-13', what: 'fault tolerance', base: 'M2-ha', allowed: true },
  { id: 'S002-13', what: 'a snapshot of it', base: 'M2-savepoint', with: ['M2-ha'], allowed: true },
  {
    id: 'S002-13',
    what: 'a snapshot of nothing',
    base: 'M2-savepoint',
    with: ['M2-basic'],
    allowed: false,
    errors: ['JOB_NOT_FOUND'],
  },
  {
    id: 'S002-14',
    what: 'suspend',
    base: 'M2-ha',
    patch: job({ state: 'suspended' }),
    over: 'M2-ha',
    allowed: true,
  },
  {
    id: 'S002-15',
    what: 'another ingress',
    base: 'M2-basic',
    patch: spec({ ingress: { template: 'flink.example.com/{{name}}(/|$)(.*)' } }),
    over: 'M2-basic',
    allowed: true,
  },
  {
    id: 'S002-16',
    what: 'JSON logs',
    base: 'M2-custom',
    patch: spec({
      logConfiguration: { 'log4j-console.properties': 'appender.console.layout.type = JsonTemplateLayout\n' },
    }),
    allowed: true,
  },
  {
    id: 'S003-3',
    what: 'word count',
    base: 'M3-app',
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED', 'PARALLELISM_IGNORED'],
  },
  {
    id: 'S003-6',
    what: 'same name, new image, new program and new configuration: nothing enables the S3 plug-in',
    base: 'M3-custom',
    over: 'M3-app',
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED', 'PARALLELISM_IGNORED', 'S3_PLUGIN_MISSING', 'OTHER_PROGRAM'],
  },
  {
    id: 'S003-7',
    what: 'S3 with credentials from a Secret',
    base: 'M3-custom',
    patch: spec({
      flinkConfiguration: {
        's3.endpoint': 'https://s3.amazonaws.com',
        's3.access-key': '${S3_ACCESS_KEY}',
        's3.secret-key': '${S3_SECRET_KEY}',
      },
      podTemplate: {
        spec: {
          containers: [
            {
              name: 'flink-main-container',
              env: [
                { name: 'S3_ACCESS_KEY', valueFrom: { secretKeyRef: { name: 's3-credentials', key: 'access-key' } } },
                { name: 'S3_SECRET_KEY', valueFrom: { secretKeyRef: { name: 's3-credentials', key: 'secret-key' } } },
              ],
            },
          ],
        },
      },
    }),
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED', 'PARALLELISM_IGNORED'],
  },
  {
    id: 'S003-8',
    what: 'five TaskManagers',
    base: 'M3-app',
    patch: spec({ taskManager: { replicas: 5 } }),
    over: 'M3-app',
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED', 'PARALLELISM_IGNORED'],
  },
  {
    id: 'S003-8',
    what: 'parallelism 16, which replicas hide',
    base: 'M3-app',
    patch: job({ parallelism: 16 }),
    over: 'M3-app',
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED', 'PARALLELISM_IGNORED'],
    says: 'Remove one of the two',
  },
  {
    id: 'S003-9',
    what: 'a new image',
    base: 'M3-custom',
    patch: spec({ image: 'your-registry/flink-word-count:1.1' }),
    over: 'M3-custom',
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED', 'PARALLELISM_IGNORED'],
  },
  {
    id: 'S003-11',
    what: 'a Prometheus reporter by class',
    base: 'M3-app',
    patch: conf({
      'metrics.reporter.prom.class': 'org.apache.flink.metrics.prometheus.PrometheusReporter',
      'metrics.reporter.prom.port': 9249,
    }),
    over: 'M3-app',
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED', 'PARALLELISM_IGNORED', 'REPORTER_CLASS'],
    says: 'metrics.reporter.prom.factory.class',
  },
  {
    id: 'S003-13',
    what: 'a savepoint by patch',
    base: 'M3-app',
    patch: job({ savepointTriggerNonce: 1 }),
    over: 'M3-app',
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED', 'PARALLELISM_IGNORED'],
  },
  {
    id: 'S003-14',
    what: 'restore, on a new object',
    base: 'M3-custom',
    patch: job({
      initialSavepointPath: 's3://my-bucket/flink/savepoints/savepoint-abc123',
      allowNonRestoredState: false,
    }),
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED', 'PARALLELISM_IGNORED'],
  },
  {
    id: 'S003-14',
    what: 'restore, on a running one',
    base: 'M3-custom',
    patch: job({
      initialSavepointPath: 's3://my-bucket/flink/savepoints/savepoint-abc123',
      allowNonRestoredState: false,
    }),
    over: 'M3-custom',
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED', 'PARALLELISM_IGNORED', 'INITIAL_PATH_IGNORED'],
    says: 'savepointRedeployNonce',
  },
  {
    id: 'S003-14',
    what: 'redeploy from it',
    base: 'M3-custom',
    patch: job({
      initialSavepointPath: 's3://my-bucket/flink/savepoints/savepoint-abc123',
      savepointRedeployNonce: 1,
    }),
    over: 'M3-custom',
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED', 'PARALLELISM_IGNORED'],
  },
  {
    id: 'S003-14',
    what: 'redeploy from nothing',
    base: 'M3-custom',
    patch: job({ savepointRedeployNonce: 1 }),
    over: 'M3-custom',
    allowed: false,
    errors: ['REDEPLOY_NEEDS_PATH'],
    warnings: ['FLINK_VERSION_DEPRECATED', 'PARALLELISM_IGNORED'],
  },
  {
    id: 'S003-16',
    what: 'RocksDB on a directory',
    base: 'M3-app',
    patch: conf({ 'state.backend.incremental': 'true', 'state.backend.rocksdb.localdir': '/flink-data/rocksdb' }),
    allowed: true,
    warnings: ['FLINK_VERSION_DEPRECATED', 'PARALLELISM_IGNORED'],
  },
  {
    id: 'S004-5',
    what: 'a Prometheus reporter by factory',
    base: 'M2-basic',
    patch: conf({
      'metrics.reporter.prom.factory.class': 'org.apache.flink.metrics.prometheus.PrometheusReporterFactory',
      'metrics.reporter.prom.port': '9249',
    }),
    allowed: true,
  },
  {
    id: 'S004-6',
    what: 'two JobManagers without HA',
    base: 'M2-basic',
    patch: spec({ jobManager: { replicas: 2 } }),
    allowed: false,
    errors: ['STANDBY_NEEDS_HA'],
  },
  { id: 'S004-6', what: 'two JobManagers', base: 'M2-ha', patch: spec({ jobManager: { replicas: 2 } }), allowed: true },
  {
    id: 'S004-9',
    what: 'a fork of another job’s savepoint',
    base: 'M2-ha',
    patch: { metadata: { name: 'fork' }, ...job({ initialSavepointPath: 's3://flink-data/savepoints/savepoint-1' }) },
    allowed: true,
  },
  {
    id: 'S004-11a',
    what: 'reactive mode',
    base: 'M2-basic',
    patch: spec(reactive),
    allowed: true,
    warnings: ['PARALLELISM_IGNORED'],
  },
  {
    id: 'S004-11b',
    what: 'the autoscaler by its old prefix',
    base: 'M2-ha',
    patch: conf({
      'kubernetes.operator.job.autoscaler.enabled': 'true',
      'kubernetes.operator.job.autoscaler.target.utilization': '0.6',
      'kubernetes.operator.job.autoscaler.metrics.window': '5m',
    }),
    allowed: true,
  },
  {
    id: 'S004-12',
    what: 'Beam',
    base: 'M2-custom',
    patch: job({
      entryClass: 'org.apache.beam.examples.WordCount',
      args: ['--runner=FlinkRunner', '--output=/tmp/counts'],
    }),
    allowed: true,
  },
  {
    id: 'S004-14',
    what: 'another log file',
    base: 'M2-custom',
    patch: spec({ logConfiguration: { 'log4j.properties': 'x' } }),
    allowed: false,
    errors: ['LOG_FILE_UNKNOWN'],
  },
  {
    id: 'S004-14',
    what: 'a # in a value',
    base: 'M2-custom',
    patch: conf({ 'env.java.opts.all': '-Dkey=a#b' }),
    allowed: true,
    warnings: ['CONFIG_VALUE_CUT'],
  },
  { id: 'S003-11', what: 'a ServiceMonitor is none of our business', base: 'M3-monitor', allowed: true },
  { id: 'S004-5', what: 'nor is a PodMonitor', base: 'M4-podmonitor', allowed: true },
  {
    id: 'S000-2',
    what: 'stateful in the team’s namespace',
    base: 'M0-sample',
    patch: conf(stateful),
    allowed: true,
    warnings: sampleWarnings,
  },
]
