/**
 * The port between the kubelet's HTTPS server and the pods it speaks for: where logs lie, how to start a process beside a
 * container's own, how to reach a port of a pod. The server owns protocols, the target owns pods.
 */
import type { Duplex, Writable } from 'node:stream'
import type { KubeObject } from '@drey/reconcile'

export interface ContainerAddress {
  namespace: string
  pod: string
  container: string
}

export interface KubeletTarget {
  /** every pod of this node, as last reported (spec and status), for `/pods` and `/stats/summary` */
  pods(): readonly KubeObject[]
  /**
   * The log of one instance of a container: the present one, or with `previous` the one before it. Throws `TargetError` when
   * there is no such pod or container (404), or when the instance has not started or is forgotten (400).
   */
  logs(at: ContainerAddress, options: { previous: boolean }): Promise<ContainerLog>
  /** What to start for `kubectl exec`. Throws `TargetError`; 400 when the container does not run. */
  exec(at: ContainerAddress, command: readonly string[]): Promise<ExecPlan>
  /**
   * The running container's own input and output. Output is read from its log, from now on; `stdin` is there only when the
   * pod asked for one (`stdin: true`) and the runtime kept it open.
   */
  attach(at: ContainerAddress): Promise<{
    log: ContainerLog
    stdin?: Writable
    tty: boolean
    /** this client is the one the container was started for: it sees what came before it, too */
    fromStart?: boolean
  }>
  /** Connects to a port of the pod (its address, not a Service's). Rejects like a socket does: ECONNREFUSED … */
  dial(at: { namespace: string; pod: string }, port: number): Promise<Duplex>
  /** use of resources per container, for `/stats/summary`; absent or empty: not measured */
  usage?(): Promise<readonly ContainerUsage[]>
}

/**
 * Log files of one container instance, in the CRI format: one line per line of output,
 * `<RFC 3339 time with nanoseconds> <stdout|stderr> <F|P> <text>`, where P says that the next line continues this one.
 */
export interface ContainerLog {
  /**
   * Absolute paths, oldest first; only the last one grows. Asked again while somebody follows: a rotated file keeps its
   * name (or disappears), its successor gets a name never used before.
   */
  files(): readonly string[]
  /** resolves when the instance has ended and its last line is in the files; already resolved for ended ones */
  ended: Promise<void>
}

/** A process to start in the container's environment: namespaces are entered by `argv` itself. */
export interface ExecPlan {
  argv: readonly string[]
  /** the whole environment, nothing is inherited */
  env: Readonly<Record<string, string>>
  cwd?: string
  uid?: number
  gid?: number
}

export interface ContainerUsage extends ContainerAddress {
  cpuNanoCores: number
  memoryWorkingSetBytes: number
}

/** An answer other than 200; the message goes to the user as it is. */
export class TargetError extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.name = 'TargetError'
    this.code = code
  }
}
