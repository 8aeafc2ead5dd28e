/**
 * Starts one instance of a container so that it outlives us: a `/bin/sh` of about 1 MB waits for it and leaves its exit
 * status in a file. Everything a later process needs to adopt it lies in the instance's directory:
 *
 *   run.sh, enter.sh   what was started
 *   shim               process id of the shell that waits
 *   output             stdout and stderr, in order (see log.ts)
 *   pid                the main process, written just before the program replaces the shell
 *   error              why it could not be started (the exit status is then 128, as with other runtimes)
 *   exit               the exit status, 128 + n after signal n
 */
import { spawn } from 'node:child_process'
import { mkdirSync, openSync, closeSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { markName } from './tree.ts'
import { quote, quoteAll } from './quote.ts'

export interface InstanceStart {
  dir: string
  /** puts the shell that follows into its namespaces: `unshare …`, `nsenter …`; empty: none */
  enter: readonly string[]
  /** shell commands joined by `&&` that build the container's files; a failure is the instance's `error` */
  prepare: readonly string[]
  /** the private root prepared above; absent: the machine's own */
  root?: string
  argv: readonly string[]
  /** the whole environment; nothing is inherited */
  env: Readonly<Record<string, string>>
  cwd: string
  /** a named pipe to read standard input from; absent: empty input */
  stdin?: { pipe: string; once: boolean }
}

/** Starts it. Returns at once; watch the directory for what becomes of it. */
export const startInstance = (start: InstanceStart): void => {
  mkdirSync(start.dir, { recursive: true, mode: 0o700 })
  writeFileSync(join(start.dir, 'enter.sh'), enterScript(start), { mode: 0o600 })
  writeFileSync(join(start.dir, 'run.sh'), runScript(start), { mode: 0o600 })
  const output = openSync(join(start.dir, 'output'), 'a', 0o600)
  try {
    const shim = spawn('/bin/sh', [join(start.dir, 'run.sh')], {
      detached: true,
      stdio: ['ignore', output, output],
      env: { PATH: systemPath },
    })
    writeFileSync(join(start.dir, 'shim'), String(shim.pid ?? ''))
    shim.on('error', (error) => writeFileSync(join(start.dir, 'error'), error.message))
    shim.unref()
  } finally {
    closeSync(output)
  }
}

export const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * The shim outlives signals by handling them: one that it ignored would be ignored by the program too. Its own remarks
 * ("Killed") do not belong into the container's log. What it starts carries the mark from the first moment, so that a start that
 * hangs is ended with its container.
 */
const runScript = ({ dir, enter, env }: InstanceStart): string => `cd ${quote(dir)} || exit 1
trap : HUP INT TERM
exec 3>&2 2>/dev/null
${markName}=${quote(env[markName] ?? '')} ${quoteAll([...enter, '/bin/sh', join(dir, 'enter.sh')])} 2>&3 3>&-
code=$?
echo $code > exit.new && mv exit.new exit
`

/**
 * File descriptors 8 and 9 cross into the private root, where the directory itself cannot be seen.
 */
const enterScript = ({ dir, prepare, root, argv, env, cwd, stdin }: InstanceStart): string => {
  const words = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const launch = [
    ...(root ? ['chroot', root] : []),
    'env',
    '-i',
    ...words,
    '/bin/sh',
    '-c',
    launchScript,
    'sh',
    cwd,
    ...argv,
  ]
  return `cd ${quote(dir)} || exit 128
exec 8>pid 9>error
{
${['true', ...(stdin ? pipes(stdin).map((pipe) => `{ [ -p ${quote(pipe)} ] || mkfifo -m 600 ${quote(pipe)}; }`) : []), ...prepare].join(' &&\n')}
} 2>&9 || exit 128
${stdin?.once ? holder(stdin.pipe, env) : ''}exec ${stdin ? (stdin.once ? `< ${quote(stdin.pipe)}` : `<> ${quote(stdin.pipe)}`) : '< /dev/null'}
exec ${quoteAll(launch)}
`
}

/** Beside an input that ends with the first client: where that client says that it has come. */
export const attachedPipe = (stdin: string): string => `${stdin}-attached`

const pipes = ({ pipe, once }: NonNullable<InstanceStart['stdin']>): string[] =>
  once ? [pipe, attachedPipe(pipe)] : [pipe]

/**
 * Keeps the input open until the first client has it, so that the program starts before and sees the end after it. The mark
 * makes it end with the container.
 */
const holder = (pipe: string, env: Readonly<Record<string, string>>): string =>
  `${quoteAll(['env', '-i', `${markName}=${env[markName] ?? ''}`, '/bin/sh', '-c', 'exec > "$1"; read -r _ < "$2"', 'sh', pipe, attachedPipe(pipe)])} < /dev/null 2> /dev/null 8>&- 9>&- &
`

const launchScript = `mkdir -p "$1" 2>/dev/null; cd "$1" 2>&9 || exit 128
shift
command -v -- "$1" > /dev/null 2>&1 || { printf 'exec: "%s": executable file not found in $PATH' "$1" >&9; exit 128; }
echo $$ >&8
unset OLDPWD
exec "$@" 8>&- 9>&-`

/** What the instance's directory says. */
export interface InstanceFiles {
  pid?: number
  startedAt?: number
  error?: string
  exit?: { code: number; at: number }
}

export const readInstance = (dir: string): InstanceFiles => {
  const pid = read(join(dir, 'pid'))
  const error = read(join(dir, 'error'))
  const exit = read(join(dir, 'exit'))
  return {
    ...(pid ? { pid: Number(pid.text), startedAt: pid.at } : {}),
    ...(error ? { error: error.text } : {}),
    ...(exit ? { exit: { code: Number(exit.text), at: exit.at } } : {}),
  }
}

/** Whether the shell that waits for the instance still lives. */
export const shimLives = (dir: string): boolean => {
  const pid = read(join(dir, 'shim'))?.text
  try {
    return pid !== undefined && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(dir, 'run.sh'))
  } catch {
    return false
  }
}

/** A file's text without surrounding space, and when it was written; undefined when it is missing or still empty. */
const read = (path: string): { text: string; at: number } | undefined => {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return text ? { text, at: statSync(path).mtimeMs } : undefined
  } catch {
    return undefined
  }
}
