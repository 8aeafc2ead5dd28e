/**
 * Every difference between what upstream's operator created (recorded) and what we render. The test fails on a difference that
 * is not listed here, and on an entry that no longer occurs. `*` stands for anything.
 */
export interface KnownDifference {
  case: string
  path: string
  class: 'kept for compatibility' | 'intended' | 'harmless'
  reason: string
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    case: '*',
    path: 'ConfigMap/flink-config-* kubernetes*pod-template-file*',
    class: 'harmless',
    reason:
      'the path of a temporary file on upstream’s disk; nothing in the pod reads it (the JobManager’s path for the template is fixed)',
  },
  {
    case: 'conf-types',
    path: '* flink-conf.yaml huge',
    class: 'harmless',
    reason: 'whole numbers beyond 2^53 in flinkConfiguration lose precision in JSON; written as text they keep it',
  },
  {
    case: 'k8s-env-secrets',
    path: 'Deployment/k8s-env-secrets spec template spec *olume*',
    class: 'harmless',
    reason: 'volumes of kubernetes.secrets stand in the order of the option; upstream’s is a hash order',
  },
  {
    case: 'k8s-conf-dir',
    path: '* configMap items*',
    class: 'intended',
    reason:
      'kubernetes.flink.conf.dir moves the mount in the pod; upstream also looks for its own log files in that directory and finds none',
  },
  {
    case: 'k8s-conf-dir',
    path: 'ConfigMap/* log4j-console.properties',
    class: 'intended',
    reason: 'as above: the cluster gets the default log configuration',
  },
  {
    case: 'res-reqs-flink-units',
    path: '* kubernetes.taskmanager.memory.limit-factor',
    class: 'intended',
    reason:
      'request and limit are read by the same rules, so 2048m against 4Gi is a factor of 2; upstream’s 2.097152E9 makes no TaskManager start',
  },
  {
    case: 'res-no-cpu-standalone',
    path: 'Deployment/res-no-cpu-standalone-taskmanager * cpu',
    class: 'intended',
    reason:
      'without any cpu a standalone TaskManager asks for one per slot, as a native one does; upstream sends -1 and the API server refuses it',
  },
  {
    case: 'res-no-cpu-standalone',
    path: '(order)',
    class: 'intended',
    reason: 'follows from the cpu: the deployment succeeds, so the autoscaler map is created',
  },
  { case: 'res-no-cpu-standalone', path: 'ConfigMap/autoscaler-*', class: 'intended', reason: 'as above' },
  {
    case: 'res-standalone-limit-factor-below-1',
    path: '(outcome)',
    class: 'intended',
    reason:
      'refused with a sentence before anything is created; upstream creates the JobManager, meets the API server’s refusal and deletes it again',
  },
  {
    case: 'job-suspended',
    path: '(outcome)',
    class: 'harmless',
    reason: 'a suspended job is not rendered; whether to deploy is decided elsewhere',
  },
  {
    case: 'conf-pod-template-files',
    path: '(error)',
    class: 'intended',
    reason: 'a resource may not name files of the operator; upstream looks for the file',
  },
  {
    case: 'k8s-kerberos',
    path: '(error)',
    class: 'intended',
    reason: 'keytabs come from mounted Secrets, never from the operator’s disk; upstream looks for the file',
  },
  { case: 'job-no-jar*', path: '(error)', class: 'intended', reason: 'a sentence instead of a null pointer' },
  { case: 'k8s-pull-policy-bad', path: '(error)', class: 'intended', reason: 'says which value is wrong' },
  { case: 'op-error-stacktrace', path: '(error)', class: 'intended', reason: 'says which option is wrong' },
  ...[
    'pipeline.jars',
    'pipeline.classpaths',
    'kubernetes.jobmanager.annotations',
    'kubernetes.jobmanager.owner.reference',
    'list.of',
  ].map((key): KnownDifference => ({
    case: 'opy-*',
    path: `ConfigMap/* flink-conf.yaml ${key}`,
    class: 'intended',
    reason:
      'the flat file of Flink 1.x gets the flat notation, the only one it reads; upstream writes YAML there once its own configuration is a config.yaml, and Flink takes the whole text for the path of the jar',
  })),
]
