/**
 * What Node itself can do on this machine with the same bytes: an HTTPS server that knows its answers beforehand. Neither
 * access control nor paths, queries, selectors, revisions.
 */
import { createServer } from 'node:https'
import type { ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Pki } from '@drey/apiserver'

export interface BareServer {
  port: number
  /** `bytes` to everybody who watches */
  tell(bytes: Buffer): void
  close(): void
}

/** Paths with `watch` in them are watches; `first` is their first event. */
export const bareServer = async (
  pki: Pki,
  answers: Readonly<Record<string, Buffer>>,
  first: Buffer,
): Promise<BareServer> => {
  const watchers = new Set<ServerResponse>()
  const sockets = new Set<Socket>()
  const server = createServer(
    { ...pki.server, ca: pki.ca, requestCert: true, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] },
    ({ url = '' }, response) => {
      if (url.includes('watch')) {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.write(first)
        watchers.add(response)
        response.on('close', () => watchers.delete(response))
        return
      }
      const body = answers[url] ?? Buffer.alloc(0)
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
      response.end(body)
    },
  )
  server.on('connection', (socket: Socket) => {
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    tell: (bytes) => watchers.forEach((response) => response.write(bytes)),
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
