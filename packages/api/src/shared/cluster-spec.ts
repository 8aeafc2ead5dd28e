/** JobManager, TaskManagers and Ingress of a Flink cluster. */
import { kit } from '@drey/schema'
import type { ValueOf } from '@drey/schema'
import { podTemplate } from './pod-template.ts'
const { object, text, integer, number, listOf, mapOf, intOrString } = kit

const resource = object(
  {
    cpu: number('CPU cores, for example 0.5.', { example: 1 }),
    memory: text('Total memory of the process in Flink notation, for example 2g or 2048m.', { example: '2048m' }),
    ephemeralStorage: text('Local disk, request and limit, as a Kubernetes quantity.', { example: '5Gi' }),
  },
  'CPU, memory and disk by Flink rules. Ignored as a whole when resources has an entry.',
)

const quantities = (what: string) => mapOf(intOrString(undefined, { compare: 'quantity' }), what)
const resources = object(
  {
    claims: listOf(object({ name: text('Not used.'), request: text('Not used.') }), 'Accepted, not used.'),
    limits: quantities('Limits by resource name. limit divided by request becomes the limit factor.'),
    requests: quantities('Requests by resource name; cpu and memory size the process.'),
  },
  'CPU, memory and other resources as Kubernetes requests and limits.',
  { compare: 'kubernetes-object' },
)

export const jobManagerSpec = object(
  {
    resource,
    resources,
    replicas: integer('JobManager pods; more than 1 needs high availability.', { assumed: 1 }),
    podTemplate: podTemplate('Pod template of the JobManager, merged over spec.podTemplate.'),
  },
  'The JobManager.',
  { onChange: 'upgrade' },
)

export const taskManagerSpec = object(
  {
    resource,
    resources,
    replicas: integer('Number of TaskManagers. On an application it wins over job.parallelism.', {
      onChange: { native: 'upgrade', standalone: 'scale' },
    }),
    podTemplate: podTemplate('Pod template of the TaskManagers, merged over spec.podTemplate.'),
  },
  'The TaskManagers.',
  { onChange: 'upgrade' },
)

export const ingressSpec = object(
  {
    template: text(
      'Host and path, for example {{name}}.{{namespace}}.example.com. {{name}} and {{namespace}} are replaced.',
      {
        example: '{{name}}.{{namespace}}.example.com',
      },
    ),
    className: text('Ingress class.'),
    annotations: mapOf(text(), 'Annotations of the Ingress.'),
    labels: mapOf(text(), 'Labels of the Ingress.'),
    tls: listOf(
      object(
        {
          hosts: listOf(text(), 'Hosts that the certificate is for.'),
          secretName: text('The Secret that holds the certificate.'),
        },
        undefined,
        { compare: 'kubernetes-object' },
      ),
      'TLS hosts and secrets.',
    ),
  },
  'Ingress for the REST endpoint and web interface of the JobManager.',
  { onChange: 'upgrade' },
)

export type JobManagerSpec = ValueOf<typeof jobManagerSpec>
export type TaskManagerSpec = ValueOf<typeof taskManagerSpec>
export type IngressSpec = ValueOf<typeof ingressSpec>
export type ResourceSpec = ValueOf<typeof resource>
export type KubernetesResources = ValueOf<typeof resources>
