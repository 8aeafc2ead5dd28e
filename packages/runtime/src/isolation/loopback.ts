/** A loopback address per pod: needs no privilege, and pods reach everything the machine reaches. */
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { addresses, loopbackNetwork } from './addresses.ts'
import type { PodNetwork } from './isolation.ts'

export const loopbackPodNetwork = (dir: string, apiServer: { host: string; port: number }): PodNetwork => {
  const pool = addresses(dir, 'loopback', () => loopbackNetwork(dir))
  return {
    mode: 'loopback',
    allocate: (inUse) => pool.next(inUse),
    setUp: async () => {},
    tearDown: async () => {},
    enter: () => [],
    rootInside: false,
    connect: dial,
    apiServer: { ...apiServer, ip: apiServer.host },
    close: async () => {},
  }
}

export const dial = (host: string, port: number): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true })
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
    socket.once('error', reject)
  })
