/** The HTTP upgrade to SPDY/3.1, with Kubernetes' negotiation of what is spoken over the streams. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { TargetError } from '../target.ts'

/** Answers the upgrade; gives back the connection and the protocol agreed on. Throws `TargetError` when there is none. */
export const acceptSpdy = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  protocols: readonly string[],
): [connection: Duplex, protocol: string] => {
  if (request.headers.upgrade?.toUpperCase() !== 'SPDY/3.1')
    throw new TargetError(400, `unable to upgrade: unknown protocol ${request.headers.upgrade}`)
  const offered = String(request.headers['x-stream-protocol-version'] ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter(Boolean)
  const protocol = offered.length > 0 ? offered.find((name) => protocols.includes(name)) : protocols.at(-1)
  if (protocol === undefined)
    throw new TargetError(
      403,
      `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${protocols.join(' ')}]`,
    )
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n' +
      (offered.length > 0 ? `X-Stream-Protocol-Version: ${protocol}\r\n` : '') +
      '\r\n',
  )
  if (head.length > 0) socket.unshift(head)
  return [socket, protocol]
}
