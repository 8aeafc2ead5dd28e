/** Lifecycle hooks: a command in the container, an HTTP request to it, or a pause. */
import { request } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Container, LifecycleHandler } from 'kubernetes-types/core/v1.d.ts'
import { portOf, type ProbeResult } from '../probes.ts'

export interface HookPorts {
  container: Container
  podIp: string
  timeoutMs: number
  connect(host: string, port: number): Promise<Duplex>
  exec(command: readonly string[]): Promise<ProbeResult>
}

export const runHook = async (hook: LifecycleHandler, ports: HookPorts): Promise<ProbeResult> => {
  try {
    if (hook.exec) return await ports.exec(hook.exec.command ?? [])
    const { sleep } = hook as { sleep?: { seconds: number } }
    if (sleep) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(sleep.seconds * 1000, ports.timeoutMs)))
      return { ok: true }
    }
    if (hook.httpGet) await get(hook.httpGet, ports)
    return { ok: true }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}

const get = async (target: NonNullable<LifecycleHandler['httpGet']>, ports: HookPorts): Promise<void> => {
  const host = target.host ?? ports.podIp
  const port = portOf(target.port, ports.container)
  const socket = await ports.connect(host, port)
  await new Promise<void>((resolve, reject) => {
    const call = request(
      {
        host,
        port,
        path: target.path ?? '/',

        createConnection: () => socket,
        signal: AbortSignal.timeout(ports.timeoutMs),
      },
      (response) => {
        response.resume()
        if ((response.statusCode ?? 500) < 400) resolve()
        else reject(new Error(`HTTP status ${response.statusCode}`))
      },
    )
    call.on('error', reject)
    call.end()
  }).finally(() => socket.destroy())
}
