/**
 * What a container of the Flink image is asked to do: one of Flink's services, or any other command.
 * `docker-entrypoint.sh` and the scripts of `bin/` are understood here, so that no shell has to run them.
 */
import { shellWords } from './words.ts'

export type Service =
  | 'kubernetes-session'
  | 'kubernetes-application'
  | 'kubernetes-taskmanager'
  | 'standalonesession'
  | 'standalonejob'
  | 'taskexecutor'
  | 'historyserver'

export type Command =
  | {
      is: 'service'
      service: Service
      args: readonly string[]
      /** the image's entry script would have run: it links plug-ins and writes the configuration */
      entry: boolean
      /** for starting it through the real scripts */
      script: readonly string[]
    }
  | { is: 'help' }
  | { is: 'other'; argv: readonly string[]; entry: boolean }

export const commandOf = (argv: readonly string[], env: Readonly<Record<string, string>>): Command => {
  const entry = baseName(argv[0]) === 'docker-entrypoint.sh'
  const rest = entry ? argv.slice(1) : argv
  if (entry && (rest.length === 0 || rest[0] === 'help')) return { is: 'help' }
  const byName = entry ? entryServices[rest[0] ?? ''] : undefined
  if (byName) {
    const script = [byName.script, 'start-foreground', ...rest.slice(1)]
    return { is: 'service', service: byName.service, args: rest.slice(1), entry, script }
  }
  const words = simpleCommand(rest, env)
  const service = words && scriptService(words)
  return service ? { is: 'service', entry, script: words, ...service } : { is: 'other', argv: rest, entry }
}

const entryServices: Readonly<Record<string, { service: Service; script: string }>> = {
  jobmanager: { service: 'standalonesession', script: 'jobmanager.sh' },
  'standalone-job': { service: 'standalonejob', script: 'standalone-job.sh' },
  taskmanager: { service: 'taskexecutor', script: 'taskmanager.sh' },
  'history-server': { service: 'historyserver', script: 'historyserver.sh' },
}

/** The words of `bash -c "…"`, without a leading `exec`; other commands are words already. */
const simpleCommand = (
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): readonly string[] | undefined => {
  const shell = ['bash', 'sh'].includes(baseName(argv[0]))
  if (!shell) return argv
  if (argv.length !== 3 || !/^-[el]*c$/.test(argv[1] ?? '')) return undefined
  const words = shellWords(argv[2] ?? '', env)
  return words?.[0] === 'exec' ? words.slice(1) : words
}

const scriptService = (words: readonly string[]): { service: Service; args: readonly string[] } | undefined => {
  const [script, first, ...args] = words
  switch (baseName(script)) {
    case 'kubernetes-jobmanager.sh':
      if (first === 'kubernetes-session' || first === 'kubernetes-application') return { service: first, args }
      return undefined
    case 'kubernetes-taskmanager.sh':
      return { service: 'kubernetes-taskmanager', args: words.slice(1) }
    case 'jobmanager.sh':
      return first === 'start-foreground' ? { service: 'standalonesession', args } : undefined
    case 'standalone-job.sh':
      return first === 'start-foreground' ? { service: 'standalonejob', args } : undefined
    case 'taskmanager.sh':
      return first === 'start-foreground' ? { service: 'taskexecutor', args } : undefined
    case 'historyserver.sh':
      return first === 'start-foreground' ? { service: 'historyserver', args } : undefined
    default:
      return undefined
  }
}

const baseName = (path = ''): string => path.slice(path.lastIndexOf('/') + 1)

/** `-Dkey=value` and `-D key=value`, in order; later ones win. */
export const dynamicProperties = (args: readonly string[]): Record<string, string> => {
  const found: Record<string, string> = {}
  for (const [index, arg] of args.entries()) {
    const pair = arg === '-D' ? args[index + 1] : arg.startsWith('-D') ? arg.slice(2) : undefined
    if (pair === undefined) continue
    const at = pair.indexOf('=')
    found[at < 0 ? pair : pair.slice(0, at)] = at < 0 ? 'true' : pair.slice(at + 1)
  }
  return found
}
