/**
 * From a container's spec, its image and its pod's volumes to what is started: the files it sees, its environment and its
 * command line.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ResolvedImage } from '@drey/flink-home'
import type { Container, VolumeMount } from 'kubernetes-types/core/v1.d.ts'
import type { Pod } from '../../kinds/types.ts'
import { quantity } from '../../kinds/quantity.ts'
import { hostFiles } from '../../isolation/host-files.ts'
import type { FilesMode, PodNetwork } from '../../isolation/isolation.ts'
import { makeLinks, touch, translation, type Translated, type Translation } from '../../isolation/link-files.ts'
import { hostBase, rootPlan, runtimeNames } from '../../isolation/mount-files.ts'
import { planView, type Mount } from '../../isolation/view.ts'
import { systemPath, type InstanceStart } from '../process/shim.ts'
import { quote } from '../process/quote.ts'
import { markName } from '../process/tree.ts'
import { writeAtomicDir, type VolumeFile } from '../volumes/atomic-dir.ts'
import type { PreparedVolume } from '../volumes/prepare.ts'
import { accountVariables } from './access.ts'
import { expand } from './environment.ts'

export interface LaunchInput {
  pod: Pod
  container: Container
  image: ResolvedImage
  ip: string
  /** the pod's directory and the one of this instance */
  podDir: string
  instanceDir: string
  mark: string
  files: FilesMode
  /** we are root outside any user namespace, so a mount namespace needs no user namespace */
  privileged: boolean
  network: PodNetwork
  volumes: ReadonlyMap<string, PreparedVolume>
  /** hosts file of the pod */
  hosts: string
  /** resolves the container's environment on top of the image's */
  environment(base: Record<string, string>): Promise<Record<string, string>>
}

export interface Launched {
  start: InstanceStart
  /** copies of ConfigMaps that the image adjusted for this container: to be written anew when the ConfigMap changes */
  adjusted: { volume: string; write(files: readonly VolumeFile[]): void }[]
  notes: readonly string[]
  /** how paths were translated, when the container has no root of its own */
  links?: readonly Translated[]
}

const terminationFile = 'termination-message'

export const launchOf = async (input: LaunchInput): Promise<Launched> => {
  const { pod, container, image, instanceDir, files, network, ip } = input
  const root = join(instanceDir, 'root')
  for (const dir of ['root', 'tmp', 'tmp/.home']) mkdirSync(join(instanceDir, dir), { recursive: true, mode: 0o700 })
  chmodSync(join(instanceDir, 'tmp'), 0o1777)
  writeFileSync(join(instanceDir, terminationFile), '', { mode: 0o666 })
  const loopback = network.mode === 'loopback'
  const enterNetwork = pod.spec.hostNetwork ? [] : network.enter({ uid: pod.metadata.uid ?? '' })

  const layers = image.layers.map(asLayer)
  const links = files === 'links' ? translated(input, root, layers) : []
  const paths: Translation = files === 'links' ? translation(links) : untranslated

  const base: Record<string, string> = {
    PATH: systemPath,
    HOSTNAME: hostnameOf(pod),
    HOME: paths.path('/tmp/.home'),
    ...(files === 'links' ? { TMPDIR: paths.path('/tmp') } : {}),
    ...image.env,
  }
  const env = await input.environment(base)

  const adjusted: Launched['adjusted'] = []
  const mounted = [...layers]
  for (const mount of container.volumeMounts ?? []) mounted.push(volumeMount(mount, env, input, paths, adjusted))
  const privateMounts: Mount[] = [
    { source: join(instanceDir, 'tmp'), target: '/tmp', readOnly: false, as: 'volume' },
    { source: join(instanceDir, terminationFile), target: terminationPath(container), readOnly: false, as: 'volume' },
  ]
  const memory = quantity(container.resources?.limits?.['memory'] as string | undefined)
  const argv = commandOf(container, image).map((word) => expand(word, env))
  const launch = await image.launch?.({
    argv,
    env,
    hostPath: paths.path,
    mounts: mounted.map(({ source, target, as }) => ({ source, target, as })),
    hostsFile: files === 'mount' ? '/etc/hosts' : input.hosts,
    podIp: ip,
    loopback,
    ...(memory > 0 ? { memoryLimitBytes: memory } : {}),
  })
  const account = files === 'links' ? accountVariables(mounted, pod.metadata.namespace ?? 'default') : {}
  const finalEnv = { ...account, ...(launch?.env ?? env), [markName]: input.mark }
  const finalArgv = launch?.argv ?? argv
  const stdin = container.stdin
    ? { stdin: { pipe: join(instanceDir, 'stdin'), once: container.stdinOnce ?? false } }
    : {}
  const cwd = container.workingDir ?? (image.workingDir || '/')
  const common = { dir: instanceDir, ...stdin }
  const notes = launch?.notes ?? []

  if (files === 'links') {
    const steps = planView('empty', [...privateMounts, ...mounted], hostFiles)
    for (const step of steps) if (step.do === 'point') touch(step.source, step.type)
    makeLinks(root, steps)
    const translatedEnv = Object.fromEntries(Object.entries(finalEnv).map(([key, value]) => [key, paths.text(value)]))
    return {
      start: {
        ...common,
        enter: enterNetwork,
        prepare: [],
        argv: finalArgv.map(paths.text),
        env: translatedEnv,
        cwd: paths.path(cwd),
      },
      links,
      adjusted,
      notes,
    }
  }
  const machine = readdirSync('/')
  const runtime = runtimeNames
    .filter((name) => existsSync(`/run/${name}`))
    .map((name): Mount => ({ source: `/run/${name}`, target: `/run/${name}`, readOnly: true, as: 'layer' }))
  const hosts: Mount = { source: input.hosts, target: '/etc/hosts', readOnly: true, as: 'volume' }
  const resolver: Mount[] = loopback ? [] : [noResolver(input.podDir)]
  const name = pod.spec.hostNetwork ? undefined : hostnameOf(pod)
  const named: Mount[] = name === undefined ? [] : [ownName(input.podDir, name)]
  const system = [...runtime, hosts, ...named, ...resolver]
  const steps = planView(hostBase(machine), [...system, ...privateMounts, ...mounted], hostFiles)
  const table = join(instanceDir, 'mounts')
  const plan = rootPlan(root, steps, table)
  writeFileSync(table, plan.table, { mode: 0o600 })
  const user = input.privileged || (network.rootInside && enterNetwork.length > 0) ? [] : ['--user', '--map-root-user']
  return {
    start: {
      ...common,
      enter: [...enterNetwork, 'unshare', ...user, '--mount', '--uts', '--propagation', 'private'],
      // A machine without the program keeps its name: that is no reason not to start.
      prepare: [
        ...(name === undefined ? [] : [`{ hostname ${quote(name)} 2>/dev/null || :; }`]),
        ...plan.commands,
      ],
      root,
      argv: finalArgv,
      env: finalEnv,
      cwd,
    },
    adjusted,
    notes,
  }
}

export const hostnameOf = (pod: Pod): string => pod.spec.hostname ?? pod.metadata.name.slice(0, 63)

/** No name server is reachable from a network namespace; asking the pod itself is refused at once instead of timing out. */
const noResolver = (podDir: string): Mount => {
  const source = join(podDir, 'resolv.conf')
  writeFileSync(source, 'nameserver 127.0.0.1\noptions attempts:1 timeout:1\n', { mode: 0o644 })
  return { source, target: '/etc/resolv.conf', readOnly: true, as: 'volume' }
}

const ownName = (podDir: string, name: string): Mount => {
  const source = join(podDir, 'hostname')
  writeFileSync(source, `${name}\n`, { mode: 0o644 })
  return { source, target: '/etc/hostname', readOnly: true, as: 'volume' }
}

const untranslated: Translation = { path: (path) => path, text: (text) => text }

const trimmed = (path: string) => (path.length > 1 ? path.replace(/\/+$/, '') : path)

const asLayer = ({ source, target, writable }: ResolvedImage['layers'][number]): Mount => ({
  source,
  target: trimmed(target),
  readOnly: !writable,
  as: writable ? 'volume' : 'layer',
})

/**
 * Where the container's paths lie when it has no root of its own. Volumes are named by their own place, not by the link to
 * it: a program may write the path down (Flink does, in its checkpoints), and this instance's links end with it.
 */
const translated = (
  { container, volumes, image }: LaunchInput,
  root: string,
  layers: readonly Mount[],
): Translated[] => {
  const inRoot = (target: string): Translated => ({ target, to: root + target, inTexts: true })
  const tops = layers
    .map(({ target }) => target.slice(0, target.lastIndexOf('/')))
    .filter((dir) => dir !== '' && hostFiles.typeOf(dir) === 'missing')
  const mounts = (container.volumeMounts ?? []).map(({ name, mountPath, subPath, subPathExpr }): Translated => {
    const target = trimmed(mountPath)
    const volume = volumes.get(name)
    if (!volume || volume.files || subPathExpr) return inRoot(target)
    return { target, to: subPath ? join(volume.source, subPath) : volume.source, inTexts: true }
  })
  return [...new Set([...tops, ...layers.map(({ target }) => target), trimmed(image.workingDir || '/')])]
    .filter((target) => target !== '/' && !mounts.some((mount) => mount.target === target))
    .map(inRoot)
    .concat(mounts, inRoot(terminationPath(container)), { target: '/tmp', to: `${root}/tmp`, inTexts: false })
}

const terminationPath = (container: Container) => container.terminationMessagePath ?? '/dev/termination-log'

/** The file where the container may leave its last words. */
export const terminationMessageFile = (instanceDir: string) => join(instanceDir, terminationFile)

const commandOf = (container: Container, image: ResolvedImage): string[] => {
  const command = container.command?.length ? container.command : image.entrypoint
  const args = container.args?.length ? container.args : container.command?.length ? [] : image.command
  return [...command, ...args]
}

const volumeMount = (
  mount: VolumeMount,
  env: Record<string, string>,
  input: LaunchInput,
  paths: Translation,
  adjusted: Launched['adjusted'],
): Mount => {
  const volume = input.volumes.get(mount.name)
  if (!volume)
    throw new Error(`container ${input.container.name} mounts the volume ${mount.name}, which the pod does not have`)
  const subPath = mount.subPathExpr ? expand(mount.subPathExpr, env) : mount.subPath
  if (subPath?.split('/').includes('..')) throw new Error(`subPath "${subPath}" leads out of the volume ${mount.name}`)
  const source = volume.configMap ? adjustedCopy(mount, subPath, volume, input, paths, adjusted) : volume.source
  if (subPath && !volume.files && !existsSync(join(source, subPath)))
    mkdirSync(join(source, subPath), { recursive: true })
  return {
    source: subPath ? join(source, subPath) : source,
    target: trimmed(mount.mountPath),
    readOnly: volume.readOnly || mount.readOnly === true,
    as: 'volume',
  }
}

/** A copy of a ConfigMap's files for one container, if its image or the translation of paths changes any of them. */
const adjustedCopy = (
  mount: VolumeMount,
  subPath: string | undefined,
  volume: PreparedVolume,
  input: LaunchInput,
  paths: Translation,
  adjusted: Launched['adjusted'],
): string => {
  const { image, container, podDir, ip, network } = input
  const dir = join(podDir, container.name, 'volumes', `${mount.name}-${container.volumeMounts?.indexOf(mount) ?? 0}`)
  const adjust = (file: VolumeFile): VolumeFile => {
    const text = file.content.toString('utf8')
    if (!Buffer.from(text).equals(file.content)) return file
    const containerPath = subPath === file.path ? mount.mountPath : join(mount.mountPath, file.path)
    const content =
      image.adjustFile?.({ containerPath, content: text, podIp: ip, loopback: network.mode === 'loopback' }) ?? text
    const translated = paths.text(content)
    return translated === text ? file : { ...file, content: Buffer.from(translated) }
  }
  const write = (files: readonly VolumeFile[]) => void writeAtomicDir(dir, files.map(adjust))
  const files = volume.files ?? []
  if (files.every((file) => adjust(file) === file)) return volume.source
  write(files)
  adjusted.push({ volume: mount.name, write })
  return dir
}

/** Keeps what `kubectl exec` needs to know, for a successor of ours too. */
export const saveEnvironment = ({ start, links }: Launched): void => {
  const { env, cwd, root } = start
  const text = JSON.stringify({ env, cwd, root: root !== undefined, ...(links ? { links } : {}) })
  writeFileSync(join(start.dir, 'env.json'), text, { mode: 0o600 })
}
