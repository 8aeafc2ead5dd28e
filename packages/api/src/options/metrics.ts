/** Metrics of the operator itself and of the resources. */
import { boolean, duration, integer, text } from './codecs.ts'
import { seconds } from './duration.ts'
import { optionsOf } from './option.ts'

const option = optionsOf({ prefix: 'kubernetes.operator.', section: 'Metrics', scope: 'operator', dynamic: 'start' })
// These three once stood without the operator's prefix.
const formats = optionsOf({ prefix: '', section: 'Metrics', scope: 'operator', dynamic: 'mixed' })

export const jvmMetrics = option(
  'jvm.metrics.enabled',
  boolean,
  true,
  'Whether the process of the operator is measured.',
)
export const frameworkMetrics = option(
  'josdk.metrics.enabled',
  boolean,
  true,
  'Whether the controller framework is measured.',
)
export const kubernetesClientMetrics = option(
  'kubernetes.client.metrics.enabled',
  boolean,
  true,
  'Whether requests to the Kubernetes API are counted.',
)
export const kubernetesClientMetricsGroups = option(
  'kubernetes.client.metrics.http.response.code.groups.enabled',
  boolean,
  false,
  'Whether answers are also counted in groups, 1xx to 5xx.',
)
export const slowRequestThreshold = option(
  'kubernetes.client.metrics.slow.request.threshold',
  duration,
  seconds(5),
  'From which time on a request counts as slow.',
)
export const resourceMetrics = option(
  'resource.metrics.enabled',
  boolean,
  true,
  'Whether resources are measured; without it the two below are off, too.',
)
export const lifecycleMetrics = option(
  'resource.lifecycle.metrics.enabled',
  boolean,
  true,
  'Whether lifecycle states and transitions are measured.',
)
export const lifecycleNamespaceHistograms = option(
  'resource.lifecycle.namespace.histograms.enabled',
  boolean,
  true,
  'Whether lifecycle histograms exist for each namespace, too.',
)
export const histogramSampleSize = option(
  'metrics.histogram.sample.size',
  integer,
  1000,
  'How many samples a histogram keeps.',
  { dynamic: 'mixed' },
)
export const systemScopeFormat = formats(
  'kubernetes.operator.metrics.scope.k8soperator.system',
  text,
  '<host>.k8soperator.<namespace>.<name>.system',
  'The name in front of metrics of the operator.',
  { dynamic: 'start', deprecatedKeys: ['metrics.scope.k8soperator'] },
)
export const namespaceScopeFormat = formats(
  'kubernetes.operator.metrics.scope.k8soperator.resourcens',
  text,
  '<host>.k8soperator.<namespace>.<name>.namespace.<resourcens>.<resourcetype>',
  'The name in front of metrics of a namespace.',
  { deprecatedKeys: ['metrics.scope.k8soperator.resourcens'] },
)
export const resourceScopeFormat = formats(
  'kubernetes.operator.metrics.scope.k8soperator.resource',
  text,
  '<host>.k8soperator.<namespace>.<name>.resource.<resourcens>.<resourcename>.<resourcetype>',
  'The name in front of metrics of one resource.',
  { deprecatedKeys: ['metrics.scope.k8soperator.resource'] },
)
