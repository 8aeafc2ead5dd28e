/** Processes that collect classes: started like a pod's, at the lowest priority, and never left behind. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FlinkHome } from '../distribution/record.ts'
import type { Java } from '../java.ts'
import { launchFlink } from '../launch/index.ts'

export interface StartProcess {
  home: FlinkHome
  java: Java
  work: string
  argv: string[]
  env: Record<string, string>
  address: string
  archive: string
}

/** With the flags of an ordinary start, so that the archive fits it, at the lowest priority. */
export const startProcess = async ({
  home,
  java,
  work,
  argv,
  env: own,
  address,
  archive,
}: StartProcess): Promise<ChildProcess> => {
  const inWork = ['conf', 'log']
  const hostPath = (path: string): string => {
    const inside = path.replace(/^\/opt\/flink/, '')
    return join(inWork.includes(inside.split('/')[1] ?? '') ? work : home.dir, inside)
  }
  const { argv: command, env } = await launchFlink({ home, java })({
    argv,
    env: {
      ...own,
      HOSTNAME: 'classes',
      JVM_ARGS: `-XX:ArchiveClassesAtExit=${archive} -Xlog:cds=off -Xlog:cds+dynamic=off`,
    },
    hostPath: (path) => (path.startsWith('/opt/flink') ? hostPath(path) : path),
    hostsFile: join(work, 'hosts'),
    podIp: address,
    loopback: true,
  })
  const [program = '', ...args] = [...leash(), 'nice', '-n', '19', ...command]
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    cwd: work,
    stdio: 'ignore',
    detached: true,
  })
  child.on('error', () => undefined)
  return child
}

/** Ends the process with its parent, even if that is killed; at the latest after some minutes where `setpriv` is missing. */
const leash = (): string[] =>
  ['/usr/bin/setpriv', '/bin/setpriv'].some((file) => existsSync(file))
    ? ['setpriv', '--pdeathsig', 'KILL']
    : ['timeout', '-k', '60', '240']

export const isOver = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

/** Lets the process end by itself: it writes its archive then. */
export const stopProcess = async (child: ChildProcess, signal: AbortSignal): Promise<void> => {
  if (isOver(child)) return
  const ended = new Promise<void>((resolve, reject) => {
    child.once('exit', () => resolve())
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
  child.kill('SIGTERM')
  await ended
}

export const killProcess = (child: ChildProcess): void => {
  if (isOver(child) || !child.pid) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // gone
  }
}
