/** What the Service controller looks at, and what wakes it. */
import type { Controller } from '@drey/kube'
import { byNamespace, type Caches } from './caches.ts'
import { decideService } from './endpoints.ts'
import { byController, controllerOf } from './owned.ts'
import { runBuiltIn, type Shell } from './run.ts'
import { hasAll } from './selector.ts'

export const networkControllers = (shell: Shell, caches: Caches): Controller[] => {
  const services = runBuiltIn(shell, {
    name: 'endpoint-controller',
    informer: caches.services,
    decide: decideService,
    observe: ({ metadata }) => ({
      pods: caches.pods.byIndex(byNamespace, metadata.namespace ?? ''),
      endpoints: caches.endpoints.get(`${metadata.namespace}/${metadata.name}`),
      slices: caches.endpointSlices.byIndex(byController, metadata.uid ?? ''),
    }),
  })
  caches.pods.onChange(({ old, now }) => {
    const namespace = (now ?? old)?.metadata.namespace ?? ''
    for (const service of caches.services.byIndex(byNamespace, namespace)) {
      const { selector } = service.spec
      if (!selector) continue
      if ([old, now].some((pod) => pod && hasAll(selector, pod.metadata.labels)))
        services.wake(`${namespace}/${service.metadata.name}`)
    }
  })
  // Somebody edited or removed what we wrote.
  caches.endpoints.onChange(({ old, now }) => {
    const object = now ?? old
    if (object) services.wake(`${object.metadata.namespace}/${object.metadata.name}`)
  })
  caches.endpointSlices.onChange(({ old, now }) => {
    const object = now ?? old
    const owner = object && controllerOf(object)
    if (owner?.kind === 'Service') services.wake(`${object?.metadata.namespace}/${owner.name}`)
  })
  return [services]
}
