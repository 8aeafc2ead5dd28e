/** Listens where Services need somebody to listen, and leads connections to their pods, in turn. */
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { services } from '@drey/kube'
import { byController } from './owned.ts'
import type { Caches } from './caches.ts'
import { balancerAddress, forwardsOf, type Forward, type ForwardPlace } from './forwards.ts'
import type { Shell } from './run.ts'
import type { Service } from './types.ts'

export interface ForwardOptions extends ForwardPlace {
  /** connects to an address of a pod */
  connect(host: string, port: number): Promise<Duplex>
}

interface Listener {
  server: Server
  targets: Forward['targets']
  sockets: Set<Socket>
}

/** A port somebody else has is tried again: he may let it go. */
const againMs = 5000

export const startForwarder = (shell: Shell, caches: Caches, options: ForwardOptions): { close(): void } => {
  const { clock, log } = shell
  const listeners = new Map<string, Listener>()
  let due = false
  let closed = false
  let cancelRetry = () => {}

  const look = () => {
    due = false
    if (closed) return
    const all = caches.services.list()
    const slices = (service: Service) => caches.endpointSlices.byIndex(byController, service.metadata.uid ?? '')
    const wanted = new Map(
      all
        .flatMap((service) => forwardsOf(service, slices(service), options))
        .map((one) => [`${one.host}:${one.port}`, one]),
    )
    for (const [key, listener] of listeners) if (!wanted.has(key)) end(key, listener)
    for (const [key, forward] of wanted) {
      const have = listeners.get(key)
      if (have) have.targets = forward.targets
      else listen(key, forward)
    }
    for (const service of all) publish(service)
  }
  const wake = () => {
    if (due || closed) return
    due = true
    setImmediate(look)
  }

  const listen = (key: string, { host, port, targets }: Forward) => {
    let turn = 0
    const sockets = new Set<Socket>()
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      sockets.add(client)
      client.on('close', () => sockets.delete(client))
      client.on('error', () => client.destroy())
      const target = listener.targets[turn++ % Math.max(1, listener.targets.length)]
      if (!target) return void client.destroy()
      options.connect(target.host, target.port).then(
        (pod) => {
          client.pipe(pod).pipe(client)
          pod.on('error', () => client.destroy())
          // An end in good order is passed on by the pipes, after the last byte; only a loss cuts the other side off.
          pod.on('close', () => pod.readableEnded || client.destroy())
          client.on('close', () => (client.readableEnded && client.writableFinished) || pod.destroy())
        },
        () => client.destroy(),
      )
    })
    const listener: Listener = { server, targets, sockets }
    listeners.set(key, listener)
    server.on('error', (error) => {
      log.debug({ listen: key, error: error.message }, 'a port of a Service cannot be had')
      listeners.delete(key)
      cancelRetry()
      cancelRetry = clock.after(againMs, wake)
    })
    server.listen({ host, port, exclusive: true }, () => log.debug({ listen: key }, 'a port of a Service is open'))
    server.once('listening', wake)
  }

  const end = (key: string, { server, sockets }: Listener) => {
    listeners.delete(key)
    server.close()
    for (const socket of sockets) socket.destroy()
  }

  /** A load balancer has its address once we listen on it. */
  const publish = (service: Service) => {
    const ip = balancerAddress(service)
    if (!ip || service.status?.loadBalancer?.ingress?.some((ingress) => ingress.ip === ip)) return
    const open = (service.spec.ports ?? []).every(({ port }) => listeners.get(`${ip}:${port}`)?.server.listening)
    if (!open) return
    const { namespace, name } = service.metadata
    shell.client
      .merge<Service>(
        { type: services, ...(namespace ? { namespace } : {}), name },
        { status: { loadBalancer: { ingress: [{ ip }] } } },
        'status',
      )
      .then(shell.remember, (error: unknown) => {
        log.debug({ service: name, error: String(error) }, "a load balancer's address was not written")
        cancelRetry()
        cancelRetry = clock.after(againMs, wake)
      })
  }

  caches.services.onChange(wake)
  caches.endpointSlices.onChange(wake)
  wake()
  return {
    close() {
      closed = true
      cancelRetry()
      for (const [key, listener] of listeners) end(key, listener)
    },
  }
}
