/** Layers for what every cluster has: defaults, image, service account, identity. */
import type { Layer } from './layers.ts'
import { isSet } from './read.ts'

export const clusterDefaults: Layer = {
  name: 'cluster defaults',
  settings: ({ config, version }) => ({
    ...(isSet(config, 'kubernetes.rest-service.exposed.type')
      ? {}
      : { 'kubernetes.rest-service.exposed.type': 'ClusterIP' }),
    // Only hides the button of the web UI, so that nobody ends a job behind the operator's back by accident.
    ...(isSet(config, 'web.cancel.enable') ? {} : { 'web.cancel.enable': 'false' }),
    '$internal.flink.version': version.name,
  }),
}

export const image: Layer = {
  name: 'spec.image',
  settings: ({ spec, version }) => ({
    ...(isBlank(spec.image)
      ? {}
      : {
          [version.imageOption]: spec.image!,
        }),
    ...(isBlank(spec.imagePullPolicy) ? {} : { 'kubernetes.container.image.pull-policy': spec.imagePullPolicy! }),
  }),
}

export const serviceAccount: Layer = {
  name: 'spec.serviceAccount',
  settings: ({ spec }) =>
    typeof spec.serviceAccount === 'string' ? { 'kubernetes.service-account': spec.serviceAccount } : {},
}

export const identity: Layer = {
  name: 'metadata',
  settings: ({ name, namespace, modeFacts, kind, mode }) => ({
    'kubernetes.cluster-id': name,
    'kubernetes.namespace': namespace,
    'execution.target': modeFacts.target[kind],
    ...(mode === 'standalone' ? { 'kubernetes.internal.cluster-mode': kind.toUpperCase() } : {}),
  }),
}

const isBlank = (text: string | null | undefined): boolean => (text ?? '').trim() === ''
