/** What this machine lets us do to keep pods apart, found out by doing it. */
import { readFileSync } from 'node:fs'
import type { FilesMode, IsolationChoice, NetworkMode } from './isolation.ts'
import { run } from './run.ts'

export type Finding = { works: true; how: string } | { works: false; why: string; fix?: string }

export interface IsolationReport {
  /** a root of their own for containers */
  mount: Finding
  /** a network of their own for pods */
  netns: Finding
  /** what `auto` takes */
  best: IsolationChoice
}

export const detectIsolation = async (): Promise<IsolationReport> => {
  const mount = await tryMount()
  const netns = await tryNetwork()
  return { mount, netns, best: { files: mount.works ? 'mount' : 'links', network: 'loopback' } }
}

/** Somebody asked for an isolation that does not exist or does not work here. */
export class IsolationError extends Error {
  readonly code = 'ISOLATION_UNAVAILABLE'
  readonly fix: string
  constructor(message: string, fix: string) {
    super(message)
    this.name = 'IsolationError'
    this.fix = fix
  }
}

const names: Readonly<Record<string, IsolationChoice>> = {
  namespaces: { files: 'mount', network: 'netns' },
  loopback: { files: 'links', network: 'loopback' },
}

/** `auto`, `namespaces`, `loopback`, or the two choices: `mount+loopback`, `mount+netns`, `links+loopback`, `links+netns`. */
export const chooseIsolation = async (text: string): Promise<IsolationChoice> => {
  const [files, network] = text.split('+')
  const wanted =
    names[text] ?? (isFiles(files) && isNetwork(network) ? ({ files, network } satisfies IsolationChoice) : undefined)
  if (!wanted && text !== 'auto')
    throw new IsolationError(
      `There is no isolation ${text}.`,
      'Use auto, namespaces, loopback, mount+loopback, mount+netns or links+loopback.',
    )
  const report = await detectIsolation()
  if (!wanted) return report.best
  const missing = [
    ...(wanted.files === 'mount' && !report.mount.works ? [report.mount] : []),
    ...(wanted.network === 'netns' && !report.netns.works ? [report.netns] : []),
  ][0]
  if (missing)
    throw new IsolationError(
      `The isolation ${text} does not work here: ${missing.why}.`,
      missing.fix ?? 'Use --isolation auto.',
    )
  return wanted
}

const isFiles = (text: string | undefined): text is FilesMode => text === 'mount' || text === 'links'
const isNetwork = (text: string | undefined): text is NetworkMode => text === 'loopback' || text === 'netns'

const isRoot = () => process.getuid?.() === 0
const userNamespace = () => (isRoot() ? [] : ['--user', '--map-root-user'])

const tryMount = async (): Promise<Finding> => {
  const script = 'mount -t tmpfs drey /mnt && mkdir /mnt/a && mount --rbind /usr /mnt/a && chroot / true'
  try {
    await run(['unshare', ...userNamespace(), '--mount', '--propagation', 'private', '/bin/sh', '-c', script])
    return { works: true, how: isRoot() ? 'as root' : 'in a user namespace' }
  } catch (error) {
    return refusal(error)
  }
}

const tryNetwork = async (): Promise<Finding> => {
  const script = [
    'mount -t tmpfs run /run',
    'ip link add name drey0 type bridge',
    'ip netns add drey',
    'ip link add dev drey1 type veth peer name eth0 netns drey',
    'ip link set drey1 master drey0 up',
    'ip netns del drey',
  ].join(' && ')
  try {
    await run(['unshare', ...userNamespace(), '--net', '--mount', '--propagation', 'private', '/bin/sh', '-c', script])
    return { works: true, how: isRoot() ? 'a bridge on this machine' : 'a bridge in a user namespace' }
  } catch (error) {
    return refusal(error)
  }
}

/** Puts the machine's refusal into words, with the switch that causes it where one is known. */
const refusal = (error: unknown): { works: false; why: string; fix?: string } => {
  const said = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
  if (/ENOENT/.test(said)) return { works: false, why: 'unshare is not installed', fix: 'Install util-linux.' }
  if (/ip: (?:command )?not found/.test(said))
    return { works: false, why: 'the command ip is not installed', fix: 'Install iproute2.' }
  if (isRoot())
    return { works: false, why: `the kernel refuses it to this root, as in a container (${lastWords(said)})` }
  if (setting('kernel/apparmor_restrict_unprivileged_userns') === '1')
    return {
      works: false,
      why: 'AppArmor restricts user namespaces',
      fix: 'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0',
    }
  if (setting('kernel/unprivileged_userns_clone') === '0')
    return {
      works: false,
      why: 'user namespaces are switched off for ordinary users',
      fix: 'sudo sysctl kernel.unprivileged_userns_clone=1',
    }
  if (setting('user/max_user_namespaces') === '0')
    return { works: false, why: 'user namespaces are switched off', fix: 'sudo sysctl user.max_user_namespaces=10000' }
  return { works: false, why: lastWords(said) }
}

const lastWords = (text: string) => text.split(': ').slice(-2).join(': ')

const setting = (path: string): string | undefined => {
  try {
    return readFileSync(`/proc/sys/${path}`, 'utf8').trim()
  } catch {
    return undefined
  }
}
