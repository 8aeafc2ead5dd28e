/**
 * The way between an ordinary user's pods and the machine. A process inside the home's network namespace listens on the
 * bridge for the API server and on a socket of the file system for us; sockets of the file system do not care for network
 * namespaces. The process also keeps the namespaces alive, so it outlives us as the pods do.
 */
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { homeMark } from '../kubelet/home-mark.ts'
import { signal, startTicksOf } from '../kubelet/process/tree.ts'
import { forward } from './forward.ts'

export interface Gateway {
  /** words before a command that has to run inside, as root there */
  enter: readonly string[]
  connect(host: string, port: number): Promise<Duplex>
  /** opens the port on the bridge, once the bridge exists */
  listen(): Promise<void>
  close(): Promise<void>
}

interface Saved {
  pid: number
  ticks: string
}

/** Paths of sockets may have 107 bytes, so they do not lie in the home. */
const socketsOf = (dir: string) => {
  const at = join(tmpdir(), `drey-${process.getuid?.()}-${homeMark(dir)}`)
  return { at, api: join(at, 'api'), pods: join(at, 'pods') }
}
const savedFile = (dir: string) => join(dir, 'gateway.json')

export const gatewayOf = async (
  dir: string,
  ip: string,
  apiServer: { host: string; port: number },
): Promise<Gateway> => {
  const sockets = socketsOf(dir)
  mkdirSync(sockets.at, { recursive: true, mode: 0o700 })
  chmodSync(sockets.at, 0o700)
  const { pid } = living(dir) ?? (await start(dir, sockets))
  // Our end of the way out: whoever connects is led to the API server.
  rmSync(sockets.api, { force: true })
  const api = await forward({ path: sockets.api }, apiServer)
  return {
    enter: ['nsenter', '--target', String(pid), '--user', '--preserve-credentials', '--mount', '--net'],
    connect: (host, port) => ask(sockets.pods, `connect ${host} ${port}`),
    async listen() {
      ;(await ask(sockets.pods, `listen ${ip} ${apiServer.port}`)).destroy()
    },
    close: () => new Promise((resolve) => api.close(() => resolve())),
  }
}

/** Ends the gateway of a home, and with it the namespaces of its pods. */
export const endGateway = async (dir: string): Promise<void> => {
  const saved = living(dir)
  if (saved) signal(saved.pid, 'SIGKILL')
  rmSync(savedFile(dir), { force: true })
  rmSync(socketsOf(dir).at, { recursive: true, force: true })
}

const living = (dir: string): Saved | undefined => {
  try {
    const saved = JSON.parse(readFileSync(savedFile(dir), 'utf8')) as Saved
    return startTicksOf(saved.pid) === saved.ticks ? saved : undefined
  } catch {
    return undefined
  }
}

const start = async (dir: string, sockets: { api: string; pods: string }): Promise<Saved> => {
  const script = fileURLToPath(new URL('./gateway-process.ts', import.meta.url))
  const words = ['--user', '--map-root-user', '--net', '--mount', '--propagation', 'private']
  // `ip netns` keeps its names in /run/netns, where an ordinary user may not write: here /run is private.
  const inside = 'mount -t tmpfs run /run && exec "$@"'
  const child = spawn(
    'unshare',
    [...words, '/bin/sh', '-c', inside, 'sh', process.execPath, '--no-warnings', script, sockets.pods, sockets.api],
    { detached: true, stdio: ['ignore', 'pipe', 'ignore'], env: { PATH: process.env['PATH'] ?? '' } },
  )
  const { pid } = child
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`The network of the home could not be made (exit status ${code}).`)))
  })
  child.removeAllListeners('exit')
  child.stdout.destroy()
  child.unref()
  const saved = { pid: pid ?? 0, ticks: startTicksOf(pid ?? 0) ?? '' }
  writeFileSync(savedFile(dir), JSON.stringify(saved))
  return saved
}

/** One line asks, one line answers; what follows is the connection. */
const ask = (path: string, question: string): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const socket = connect(path)
    let text = ''
    const hear = (chunk: Buffer) => {
      const end = chunk.indexOf(10)
      text += chunk.subarray(0, end < 0 ? chunk.length : end).toString('latin1')
      if (end < 0) return
      socket.off('data', hear)
      socket.off('error', reject)
      socket.pause()
      if (text === 'ok') resolve(rest(socket, chunk.subarray(end + 1)))
      else {
        socket.destroy()
        reject(Object.assign(new Error(`${question}: ${text}`), { code: text }))
      }
    }
    socket.on('data', hear)
    socket.once('error', reject)
    socket.write(`${question}\n`)
  })

/** A stream of its own: one that was read from and paused would not start by itself for its next reader. */
const rest = (socket: Socket, first: Buffer): Duplex => {
  const stream = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _, done) => void socket.write(chunk, done),
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy()
      done(error)
    },
  })
  if (first.length > 0) stream.push(first)
  socket.on('data', (chunk) => stream.push(chunk) || socket.pause())
  socket.on('end', () => stream.push(null))
  socket.on('error', (error) => stream.destroy(error))
  // After a proper end what was received is still to be read.
  socket.on('close', () => void (socket.readableEnded || stream.destroy()))
  return stream
}
