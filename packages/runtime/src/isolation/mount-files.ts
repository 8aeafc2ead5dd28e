/**
 * Files of a container in a mount namespace: a private root on tmpfs, in which the machine's directories, the image's
 * layers and the pod's volumes are bound. Nothing is created on the machine; the namespace vanishes with its last process.
 */
import { basename, dirname } from 'node:path'
import { quote, quoteAll } from '../kubelet/process/quote.ts'
import type { Base, Step } from './view.ts'

/** Directories of the machine that every container sees. Its own /tmp, /run and /dev are private. */
export const hostBase = (entries: readonly string[]): Base =>
  entries.filter((name) => !hidden.has(name)).map((name) => ({ path: `/${name}`, readOnly: false }))

const hidden = new Set(['boot', 'dev', 'lost+found', 'run', 'tmp'])

/** What name services need of /run. */
export const runtimeNames = ['systemd/resolve', 'resolvconf', 'NetworkManager', 'nscd']

interface MountLine {
  source: string
  target: string
  type: 'none' | 'tmpfs'
  options: string
}

interface Link {
  to: string
  at: string
}

export interface RootPlan {
  /** shell commands that build the root; they run as the first thing in the new mount namespace */
  commands: string[]
  /** what is mounted, as an fstab(5): to be written to the file that the commands were told */
  table: string
}

/**
 * An image has hundreds of files and a `mount` for each would take longer than its first second of Java: everything is made
 * by a handful of processes, one of which mounts all of it from a table. Where that fails, each mount is made by itself,
 * which says which of them cannot be made and why.
 */
export const rootPlan = (root: string, steps: readonly Step[], tableFile: string): RootPlan => {
  const dirs: string[] = []
  const files: string[] = []
  const links: Link[] = []
  const points: string[] = []
  const mounts: MountLine[] = []
  // What lies below a bind exists there already.
  const bound: string[] = []
  const covered = (target: string) => bound.some((path) => target.startsWith(`${path}/`))
  for (const step of steps) {
    switch (step.do) {
      case 'dir':
        dirs.push(root + step.target)
        break
      case 'link':
        links.push({ to: step.to, at: root + step.target })
        break
      case 'point':
        points.push(makePoint(step.source, step.type))
        break
      case 'bind': {
        const target = root + step.target
        if (!covered(step.target)) (step.type === 'dir' ? dirs : files).push(target)
        mounts.push({ source: step.source, target, type: 'none', options: step.readOnly ? 'bind,ro' : 'rbind' })
        bound.push(step.target)
      }
    }
  }
  const dev = devices(root)
  const all = [...mounts, ...dev.mounts]
  const base = [
    `mount -t tmpfs -o mode=755 drey ${quote(root)}`,
    `mkdir -p ${quoteAll([...dirs, ...dev.dirs])}`,
    ...[...files, ...dev.files].map((file) => `: > ${quote(file)}`),
    ...linkCommands([...links, ...dev.links]),
  ]
  const oneByOne = all.map(mountOne).join(' &&\n')
  const again = [`{ umount -R ${quote(root)} 2>/dev/null || :; }`, ...base, oneByOne].join(' &&\n')
  return {
    table: all
      .map(({ source, target, type, options }) => `${[source, target].map(field).join(' ')} ${type} ${options} 0 0\n`)
      .join(''),
    commands: [...points, ...base, `{ mount -a -T ${quote(tableFile)} 2>/dev/null || {\n${again}; }; }`],
  }
}

export const makePoint = (path: string, type: 'dir' | 'file'): string =>
  type === 'dir'
    ? `mkdir -p ${quote(path)}`
    : `{ mkdir -p ${quote(path.slice(0, path.lastIndexOf('/')))} && [ -e ${quote(path)} ] || : > ${quote(path)}; }`

/** Blanks, hashes and backslashes of a path in fstab(5). */
const field = (text: string): string =>
  text.replace(/[\s\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)

/** In a user namespace, mounts with locked flags refuse to become read-only: better writable than not at all. */
const mountOne = ({ source, target, type, options }: MountLine): string => {
  const words = `${quote(source)} ${quote(target)}`
  if (options !== 'bind,ro') return `mount -t ${type} -o ${options} ${words}`
  return `{ mount -o bind,ro ${words} 2>/dev/null || mountpoint -q ${quote(target)} || mount --bind ${words}; }`
}

/** Links named as what they lead to are made together, by directory. */
const linkCommands = (links: readonly Link[]): string[] => {
  const alike = links.filter(({ to, at }) => basename(to) === basename(at))
  const others = links.filter((link) => !alike.includes(link))
  return [
    ...[...Map.groupBy(alike, ({ at }) => dirname(at))].map(
      ([dir, these]) => `ln -s ${quoteAll(these.map(({ to }) => to))} ${quote(`${dir}/`)}`,
    ),
    ...others.map(({ to, at }) => `ln -s ${quote(to)} ${quote(at)}`),
  ]
}

const devices = (root: string): { dirs: string[]; files: string[]; links: Link[]; mounts: MountLine[] } => {
  const dev = `${root}/dev`
  const nodes = ['null', 'zero', 'full', 'random', 'urandom', 'tty']
  const bind = (name: string): MountLine => ({
    source: `/dev/${name}`,
    target: `${dev}/${name}`,
    type: 'none',
    options: name === 'pts' ? 'rbind' : 'bind',
  })
  return {
    dirs: [`${dev}/pts`, `${dev}/shm`],
    files: nodes.map((name) => `${dev}/${name}`),
    mounts: [
      ...[...nodes, 'pts'].map(bind),
      { source: 'shm', target: `${dev}/shm`, type: 'tmpfs', options: 'mode=1777' },
    ],
    links: [
      { to: 'pts/ptmx', at: `${dev}/ptmx` },
      { to: '/proc/self/fd', at: `${dev}/fd` },
      ...['stdin', 'stdout', 'stderr'].map((name, fd) => ({ to: `/proc/self/fd/${fd}`, at: `${dev}/${name}` })),
    ],
  }
}
