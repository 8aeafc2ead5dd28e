/**
 * Files of a container in a mount namespace: a private root on tmpfs, in which the machine's directories, the image's
 * layers and the pod's volumes are bound. Nothing is created on the machine; the namespace vanishes with its last process.
 */
import { quote, quoteAll } from '../kubelet/process/quote.ts'
import type { Base, Step } from './view.ts'

/** Directories of the machine that every container sees. Its own /tmp, /run and /dev are private. */
export const hostBase = (entries: readonly string[]): Base =>
  entries.filter((name) => !hidden.has(name)).map((name) => ({ path: `/${name}`, readOnly: false }))

const hidden = new Set(['boot', 'dev', 'lost+found', 'run', 'tmp'])

/** What name services need of /run. */
export const runtimeNames = ['systemd/resolve', 'resolvconf', 'NetworkManager', 'nscd']

/** Shell commands that build the root; they run as the first thing in the new mount namespace. */
export const mountCommands = (root: string, steps: readonly Step[]): string[] => {
  const commands = [`mount -t tmpfs -o mode=755 drey ${quote(root)}`]
  let dirs: string[] = []
  const flush = () => {
    if (dirs.length > 0) commands.push(`mkdir -p ${quoteAll(dirs)}`)
    dirs = []
  }
  // Directories that no bind covers can be made at once; what lies below a bind exists there already.
  const bound: string[] = []
  const covered = (target: string) => bound.some((path) => target.startsWith(`${path}/`))
  for (const step of steps) {
    switch (step.do) {
      case 'dir':
        dirs.push(root + step.target)
        break
      case 'link':
        flush()
        commands.push(`ln -s ${quote(step.to)} ${quote(root + step.target)}`)
        break
      case 'point':
        flush()
        commands.push(makePoint(step.source, step.type))
        break
      case 'bind': {
        const target = root + step.target
        if (!covered(step.target)) {
          if (step.type === 'dir') dirs.push(target)
          else {
            flush()
            commands.push(`: > ${quote(target)}`)
          }
        }
        flush()
        commands.push(bind(step.source, target, step.readOnly))
        bound.push(step.target)
      }
    }
  }
  flush()
  return [...commands, ...devices(root)]
}

export const makePoint = (path: string, type: 'dir' | 'file'): string =>
  type === 'dir'
    ? `mkdir -p ${quote(path)}`
    : `{ mkdir -p ${quote(path.slice(0, path.lastIndexOf('/')))} && [ -e ${quote(path)} ] || : > ${quote(path)}; }`

/** In a user namespace, mounts with locked flags refuse to become read-only: better writable than not at all. */
const bind = (source: string, target: string, readOnly: boolean): string => {
  const words = `${quote(source)} ${quote(target)}`
  return readOnly
    ? `{ mount -o bind,ro ${words} 2>/dev/null || mountpoint -q ${quote(target)} || mount --bind ${words}; }`
    : `mount --rbind ${words}`
}

const devices = (root: string): string[] => {
  const dev = `${root}/dev`
  const nodes = ['null', 'zero', 'full', 'random', 'urandom', 'tty']
  return [
    `mkdir -p ${quoteAll([`${dev}/pts`, `${dev}/shm`])}`,
    ...nodes.map((name) => `: > ${quote(`${dev}/${name}`)} && mount --bind /dev/${name} ${quote(`${dev}/${name}`)}`),
    `mount --rbind /dev/pts ${quote(`${dev}/pts`)}`,
    `mount -t tmpfs -o mode=1777 shm ${quote(`${dev}/shm`)}`,
    `ln -s pts/ptmx ${quote(`${dev}/ptmx`)}`,
    `ln -s /proc/self/fd ${quote(`${dev}/fd`)}`,
    ...['stdin', 'stdout', 'stderr'].map((name, fd) => `ln -s /proc/self/fd/${fd} ${quote(`${dev}/${name}`)}`),
  ]
}
