/** The Ingress in front of the REST Service, from `spec.ingress`. */
import type { KubeObject } from '@drey/reconcile'
import type { IngressSpec, RenderInput } from '../input.ts'
import { refuse } from '../problem.ts'
import { restServiceName } from './services.ts'

/** `servedBy` is the deployment whose REST Service answers: another name than the resource's for blue/green. */
export const ingressOf = (
  resource: RenderInput['resource'],
  ingress: IngressSpec,
  at: { restPort: number; kubernetesVersion?: string | undefined; servedBy?: string },
): KubeObject => {
  const { name, namespace, uid } = resource.metadata
  const { host, path } = ingressAddress(ingress.template, name, namespace ?? 'default')
  const beta = isBefore119(at.kubernetesVersion)
  const service = restServiceName(at.servedBy ?? name)
  const backend = beta
    ? { serviceName: service, servicePort: at.restPort }
    : { service: { name: service, port: { number: at.restPort } } }
  return {
    apiVersion: beta ? 'networking.k8s.io/v1beta1' : 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      // The operator's informer selects by this label.
      labels: { ...ingress.labels, component: 'ingress' },
      ...(ingress.annotations ? { annotations: ingress.annotations } : {}),
      ownerReferences: [
        {
          apiVersion: resource.apiVersion ?? 'flink.apache.org/v1beta1',
          kind: resource.kind ?? 'FlinkDeployment',
          name,
          uid: uid ?? '',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      ...(ingress.className ? { ingressClassName: ingress.className } : {}),
      ...(ingress.tls ? { tls: ingress.tls } : {}),
      rules: [
        {
          ...(host ? { host } : {}),
          http: {
            paths: [{ ...(path ? { path } : {}), ...(beta ? {} : { pathType: 'ImplementationSpecific' }), backend }],
          },
        },
      ],
    },
  }
}

/**
 * Host and path of a template such as `{{name}}.{{namespace}}.example.com/ui`. Scheme, port, query and fragment are dropped.
 * Not the WHATWG parser: paths like `/a(/|$)(.*)` must come through untouched.
 */
export const ingressAddress = (
  template: string | null | undefined,
  name: string,
  namespace: string,
): { host: string; path: string } => {
  if (template === null || template === undefined)
    return refuse(
      'INGRESS_TEMPLATE_MISSING',
      'Ingress template must be defined',
      'Set spec.ingress.template, for example "{{name}}.{{namespace}}.example.com".',
    )
  const filled = template.replaceAll(/\{\{name\}\}/gi, name).replaceAll(/\{\{namespace\}\}/gi, namespace)
  const url = filled.replace(/^https?:\/\//, '')
  const [, authority, path] = /^([^/?#]*)([^?#]*)/.exec(url) as unknown as [string, string, string]
  const [, host, port] = /^(?:.*@)?(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(authority) as unknown as [
    string,
    string,
    string | undefined,
  ]
  if (port !== undefined && !/^-?\d*$/.test(port))
    refuse(
      'INGRESS_TEMPLATE_INVALID',
      `Unable to process the Ingress template(${template}). Error: Error at index ${port.search(/\D/)} in: "${port}"`,
      'Write the template as host/path, without a port.',
    )
  return { host, path }
}

const isBefore119 = (version: string | undefined): boolean => {
  const match = /^v?(\d+)\.(\d+)/.exec(version ?? '')
  return match !== null && Number(match[1]) === 1 && Number(match[2]) < 19
}
