/** A listener that leads every connection to one other place. */
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net'
import { dial } from './loopback.ts'

export const forward = (from: ListenOptions, to: { host: string; port: number }): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((client) => void lead(client, to))
    server.once('error', reject)
    server.listen(from, () => {
      server.unref()
      resolve(server)
    })
  })

const lead = async (client: Socket, to: { host: string; port: number }): Promise<void> => {
  client.on('error', () => {})
  try {
    const upstream = await dial(to.host, to.port)
    upstream.on('error', () => client.destroy())
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    client.pipe(upstream).pipe(client)
  } catch {
    client.destroy()
  }
}
