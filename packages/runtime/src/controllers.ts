/** Starts the built-in controllers over a transport: what kube-controller-manager is to a cluster. */
import { kubeClient, type Controller, type Informer } from '@drey/kube'
import type { Clock, KubeObject, KubeTransport } from '@drey/reconcile'
import { cachesOf } from './kinds/caches.ts'
import { startForwarder, type ForwardOptions } from './kinds/forwarder.ts'
import { networkControllers } from './kinds/network.ts'
import { leavingObjects, type Log, type Shell } from './kinds/run.ts'
import { ensureDefaultClass, storageControllers } from './kinds/storage.ts'
import { workloadControllers } from './kinds/workloads.ts'

export interface ControllersOptions {
  transport: KubeTransport
  clock: Clock
  /** between 0 and 1; spreads watch time-outs */
  random: () => number
  log: Log
  /** the home's directory; claims get theirs below `<dir>/pvc` */
  dir: string
  /** listen for Services of type NodePort and LoadBalancer, and for those whose port is not their target port */
  forward?: ForwardOptions
}

export interface Controllers {
  /** resolves when all caches have been filled once and the controllers work */
  ready: Promise<void>
  close(): Promise<void>
}

export const startControllers = (options: ControllersOptions): Controllers => {
  const { transport, clock, random, log, dir } = options
  const caches = cachesOf({
    transport,
    clock,
    random,
    trouble: (type, error) =>
      log.debug({ resource: type.resource, error: String(error) }, 'a watch broke and is renewed'),
  })
  const all = Object.values(caches) as Informer[]
  const byKind = new Map(all.map((cache) => [cache.type.kind, cache]))
  const shell: Shell = {
    client: kubeClient(transport),
    clock,
    log,
    remember: (object: KubeObject) => byKind.get(object.kind)?.remember(object as never),
    leaving: leavingObjects(clock),
  }
  for (const cache of all)
    cache.onChange(({ old, now }) => {
      if (old && (!now || now.metadata.uid !== old.metadata.uid)) shell.leaving.forget(old.metadata.uid ?? '')
    })
  const controllers: Controller[] = [
    ...workloadControllers(shell, caches),
    ...networkControllers(shell, caches),
    ...storageControllers(shell, caches, `${dir}/pvc`),
  ]
  let closed = false
  let forwarder: { close(): void } | undefined
  const ready = Promise.all(all.map((cache) => cache.start())).then(() => {
    if (closed) return
    for (const controller of controllers) controller.start()
    if (options.forward) forwarder = startForwarder(shell, caches, options.forward)
    ensureDefaultClass(shell).catch((error: unknown) =>
      log.warn({ error: String(error) }, 'the default storage class could not be made'),
    )
  })
  return {
    ready,
    async close() {
      closed = true
      forwarder?.close()
      await Promise.all(controllers.map((controller) => controller.close()))
      for (const cache of all) cache.close()
    },
  }
}

export type { ForwardOptions } from './kinds/forwarder.ts'
export type { Log } from './kinds/run.ts'
