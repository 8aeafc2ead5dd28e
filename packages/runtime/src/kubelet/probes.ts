/** Probes of one running container: startup first, then liveness and readiness, each with its own rhythm and threshold. */
import { request as httpRequest } from 'node:http'
import type { Duplex } from 'node:stream'
import { connect as tlsConnect } from 'node:tls'
import type { Container, Probe } from 'kubernetes-types/core/v1.d.ts'
import type { Clock } from '@drey/reconcile'

export type ProbeKind = 'startup' | 'liveness' | 'readiness'
export type ProbeResult = { ok: true } | { ok: false; message: string }

export interface ProbePorts {
  clock: Clock
  podIp: string
  connect(host: string, port: number): Promise<Duplex>
  exec(command: readonly string[], timeoutMs: number): Promise<ProbeResult>
  /** every failed attempt */
  unhealthy(kind: ProbeKind, message: string): void
  /** the state of `started` or `ready` has changed */
  changed(state: { started: boolean; ready: boolean }): void
  /** startup or liveness is lost: the container has to be restarted */
  lost(kind: ProbeKind): void
}

export interface Probes {
  readonly started: boolean
  readonly ready: boolean
  stop(): void
}

/** `known`: what an earlier kubelet reported of a container that is adopted. */
export const startProbes = (
  container: Container,
  ports: ProbePorts,
  known?: { started: boolean; ready: boolean },
): Probes => {
  const { startupProbe, livenessProbe, readinessProbe } = container
  const stops: (() => void)[] = []
  let started = known?.started === true || startupProbe === undefined
  let ready = started && (readinessProbe === undefined || known?.ready === true)
  let stopped = false

  const tell = (next: { started?: boolean; ready?: boolean }) => {
    const before = `${started}${ready}`
    started = next.started ?? started
    ready = next.ready ?? ready
    if (before !== `${started}${ready}`) ports.changed({ started, ready })
  }

  const run = (kind: ProbeKind, probe: Probe, verdict: (ok: boolean) => 'go on' | 'enough') => {
    const { failureThreshold = 3, successThreshold = 1, periodSeconds = 10, initialDelaySeconds = 0 } = probe
    let streak = { ok: true, length: 0 }
    const attempt = async () => {
      const result = await tryProbe(probe, container, ports)
      if (stopped) return
      streak = { ok: result.ok, length: streak.ok === result.ok ? streak.length + 1 : 1 }
      if (!result.ok) ports.unhealthy(kind, result.message)
      const decided = streak.length >= (result.ok ? successThreshold : failureThreshold)
      if (decided && verdict(result.ok) === 'enough') return
      later(periodSeconds * 1000)
    }
    const later = (ms: number) => stops.push(ports.clock.after(ms, () => void attempt()))
    later(initialDelaySeconds * 1000)
  }

  const runBoth = () => {
    if (livenessProbe)
      run('liveness', livenessProbe, (ok) => {
        if (!ok) ports.lost('liveness')
        return ok ? 'go on' : 'enough'
      })
    if (readinessProbe)
      run('readiness', readinessProbe, (ok) => {
        tell({ ready: ok })
        return 'go on'
      })
  }

  if (started || !startupProbe) runBoth()
  else
    run('startup', startupProbe, (ok) => {
      if (!ok) ports.lost('startup')
      else {
        tell({ started: true, ...(readinessProbe ? {} : { ready: true }) })
        runBoth()
      }
      return 'enough'
    })

  return {
    get started() {
      return started
    },
    get ready() {
      return ready
    },
    stop() {
      stopped = true
      for (const stop of stops) stop()
    },
  }
}

const tryProbe = async (probe: Probe, container: Container, ports: ProbePorts): Promise<ProbeResult> => {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000
  try {
    if (probe.exec) return await ports.exec(probe.exec.command ?? [], timeoutMs)
    if (probe.tcpSocket) {
      const port = portOf(probe.tcpSocket.port, container)
      const socket = await withTimeout(ports.connect(probe.tcpSocket.host ?? ports.podIp, port), timeoutMs)
      socket.destroy()
      return { ok: true }
    }
    if (probe.httpGet) return await httpProbe(probe.httpGet, container, ports, timeoutMs)
    // gRPC health checks need a client of that protocol: a port that accepts counts as healthy.
    if (probe.grpc) {
      ;(await withTimeout(ports.connect(ports.podIp, probe.grpc.port), timeoutMs)).destroy()
      return { ok: true }
    }
    return { ok: true }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}

export const portOf = (port: string | number, container: Container): number => {
  if (typeof port === 'number') return port
  const named = container.ports?.find(({ name }) => name === port)?.containerPort
  return named ?? Number(port)
}

const httpProbe = async (
  get: NonNullable<Probe['httpGet']>,
  container: Container,
  ports: ProbePorts,
  timeoutMs: number,
): Promise<ProbeResult> => {
  const host = get.host ?? ports.podIp
  const port = portOf(get.port, container)
  const tls = get.scheme === 'HTTPS'
  const url = `${tls ? 'https' : 'http'}://${host}:${port}${get.path ?? '/'}`
  const socket = await withTimeout(ports.connect(host, port), timeoutMs).catch((error: unknown) => {
    throw new Error(`Get "${url}": dial tcp ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`)
  })
  const headers = Object.fromEntries((get.httpHeaders ?? []).map(({ name, value }) => [name, value]))
  const code = await new Promise<number>((resolve, reject) => {
    const request = httpRequest(
      {
        method: 'GET',
        host,
        port,
        path: get.path ?? '/',

        headers: { 'User-Agent': 'kube-probe/1.33', Accept: '*/*', Connection: 'close', ...headers },
        createConnection: () => (tls ? tlsConnect({ socket, rejectUnauthorized: false }) : socket),
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      },
    )
    request.on('error', () => reject(new Error(`Get "${url}": no answer within ${timeoutMs / 1000}s`)))
    request.end()
  }).finally(() => socket.destroy())
  return code >= 200 && code < 400 ? { ok: true } : { ok: false, message: `HTTP probe failed with statuscode: ${code}` }
}

const withTimeout = async <T>(work: Promise<T>, ms: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('i/o timeout')), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
