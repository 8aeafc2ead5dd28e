/** How an instance ended, as the status reports it: exit code, reason, and its last words. */
import { readFileSync, statSync } from 'node:fs'
import type { Container } from 'kubernetes-types/core/v1.d.ts'
import type { Ended } from '../process/instance.ts'
import { logFiles } from '../process/log.ts'
import { terminationMessageFile } from './launch.ts'
import type { Termination } from './record.ts'

export interface EndedPlace {
  container: Container
  instanceDir: string
  /** path of its log without ending */
  logBase: string
}

export const terminationOf = (at: EndedPlace, startedAt: number | undefined, ended: Ended): Termination => {
  const message = lastWords(at, ended)
  return {
    code: ended.code,
    reason: reasonOf(ended),
    ...(message ? { message } : {}),
    ...(startedAt === undefined ? {} : { startedAt }),
    finishedAt: ended.at,
  }
}

const reasonOf = ({ code, error, lost }: Ended): string => {
  if (error) return 'StartError'
  if (lost) return 'ContainerStatusUnknown'
  return code === 0 ? 'Completed' : 'Error'
}

/** Limits are Kubernetes': 4096 bytes of the message file, else 80 lines or 2048 bytes of the log. */
const lastWords = ({ container, instanceDir, logBase }: EndedPlace, ended: Ended): string => {
  if (ended.error) return ended.error
  if (ended.lost)
    return 'The process disappeared without an exit status (killed from outside, or a restart of the machine).'
  const file = terminationMessageFile(instanceDir)
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0) return readFileSync(file, 'utf8').slice(0, 4096)
  if (container.terminationMessagePolicy !== 'FallbackToLogsOnError' || ended.code === 0) return ''
  const last = logFiles(logBase).at(-1)
  const lines = last ? readFileSync(last, 'utf8').trimEnd().split('\n').slice(-80) : []
  return lines
    .map((line) => line.split(' ').slice(3).join(' '))
    .join('\n')
    .slice(-2048)
}
