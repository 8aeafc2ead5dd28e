/**
 * Which files a container sees: a tree laid out from mounts, independent of how it is then made (bind mounts or links).
 * Directories are bound whole as long as nothing has to appear inside them; only where a mount point is missing is a
 * directory "opened", that is, replaced by a private one that shows the same children.
 */

export interface Mount {
  /** a file or directory of this machine */
  source: string
  /** where the container sees it */
  target: string
  readOnly: boolean
  /**
   * `layer`: part of an image; layers merge with layers, and what a container writes beside their children is private.
   * `volume`: the directory itself; mount points inside it are created in it.
   */
  as: 'layer' | 'volume'
}

export type Entry = { name: string; type: 'dir' | 'file' } | { name: string; type: 'link'; to: string }

/** The machine's files, as far as the planner must know them. */
export interface HostFiles {
  list(dir: string): readonly Entry[]
  typeOf(path: string): 'dir' | 'file' | 'missing'
}

/** What to do, parents before children. Targets are container paths. */
export type Step =
  | { do: 'dir'; target: string }
  | { do: 'link'; target: string; to: string }
  | { do: 'bind'; target: string; source: string; readOnly: boolean; type: 'dir' | 'file' }
  /** a mount point inside a volume: made in the volume */
  | { do: 'point'; source: string; type: 'dir' | 'file' }

interface Dir {
  is: 'dir'
  children: Map<string, Node>
  layer: boolean
  readOnly: boolean
}
interface Bind {
  is: 'bind'
  source: string
  type: 'dir' | 'file'
  readOnly: boolean
  layer: boolean
  volume: boolean
  /** mounts inside a volume */
  inside: Map<string, Node>
}
interface Link {
  is: 'link'
  to: string
}
type Node = Dir | Bind | Link

/** What of the machine's own root a container sees without asking. */
export type Base = 'empty' | readonly { path: string; readOnly: boolean }[]

export const planView = (base: Base, mounts: readonly Mount[], host: HostFiles): Step[] => {
  const root = newDir()
  if (base !== 'empty')
    for (const entry of host.list('/')) {
      const shown = base.find(({ path }) => path === `/${entry.name}`)
      if (shown) root.children.set(entry.name, fromEntry('/', entry, { layer: false, readOnly: shown.readOnly }))
    }
  for (const mount of mounts) put(root, mount, host)
  return [...stepsOf('', root)]
}

const newDir = (): Dir => ({ is: 'dir', children: new Map(), layer: false, readOnly: false })

const fromEntry = (parent: string, entry: Entry, as: { layer: boolean; readOnly: boolean }): Node =>
  entry.type === 'link'
    ? { is: 'link', to: entry.to }
    : { is: 'bind', source: join(parent, entry.name), type: entry.type, volume: false, inside: new Map(), ...as }

const join = (parent: string, name: string) => (parent === '/' ? `/${name}` : `${parent}/${name}`)

const opened = (node: Bind, host: HostFiles): Dir => ({
  is: 'dir',
  layer: node.layer,
  readOnly: node.readOnly,
  children: new Map(
    host.list(node.source).map((entry) => [entry.name, fromEntry(node.source, entry, node)] satisfies [string, Node]),
  ),
})

const put = (root: Dir, mount: Mount, host: HostFiles) => {
  const type = host.typeOf(mount.source) === 'dir' ? 'dir' : 'file'
  const node: Bind = {
    is: 'bind',
    source: mount.source,
    type,
    readOnly: mount.readOnly,
    layer: mount.as === 'layer',
    volume: mount.as === 'volume',
    inside: new Map(),
  }
  const parts = mount.target.split('/').filter(Boolean)
  const name = parts.pop()
  if (name === undefined) throw new Error(`${mount.source} cannot be mounted at ${mount.target}.`)
  const siblings = childrenAt(root, parts, host)
  // A last component that is a link of an image or of the machine means the link's target, as in a container.
  const there = siblings.get(name)
  if (there?.is === 'link') return put(root, { ...mount, target: follow([...parts, name], there.to) }, host)
  const laid = there ? merged(there, node, host) : node
  // The top of a layer is opened at once: what a container writes there is its own.
  siblings.set(name, laid === node && node.layer && type === 'dir' ? opened(node, host) : laid)
}

/** The children of a directory of the view, opening and making what is on the way. */
const childrenAt = (root: Dir, path: readonly string[], host: HostFiles, links = 0): Map<string, Node> => {
  let children = root.children
  for (const [index, part] of path.entries()) {
    let node = children.get(part)
    if (node?.is === 'link') {
      if (links > 40) throw new Error(`Too many symbolic links on the way to /${path.join('/')}.`)
      const resolved = follow(path.slice(0, index + 1), node.to)
        .split('/')
        .filter(Boolean)
      return childrenAt(root, [...resolved, ...path.slice(index + 1)], host, links + 1)
    }
    if (node === undefined) node = newDir()
    else if (node.is === 'bind' && !node.volume) {
      if (node.type === 'file') throw new Error(`/${path.slice(0, index + 1).join('/')} is a file, not a directory.`)
      node = opened(node, host)
    }
    children.set(part, node)
    children = node.is === 'dir' ? node.children : node.inside
  }
  return children
}

const follow = (from: readonly string[], to: string): string => {
  const parts = to.startsWith('/') ? [] : from.slice(0, -1)
  for (const part of to.split('/')) {
    if (part === '..') parts.pop()
    else if (part && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** Two layers at one place are laid over each other; anything else replaces what was there. */
const merged = (below: Node, above: Bind, host: HostFiles): Node => {
  if (!above.layer || above.type !== 'dir' || below.is === 'link' || !below.layer) return above
  if (below.is === 'bind' && below.type !== 'dir') return above
  const dir = below.is === 'dir' ? below : opened(below, host)
  for (const [name, child] of opened(above, host).children) {
    const have = dir.children.get(name)
    dir.children.set(name, have && child.is === 'bind' ? merged(have, child, host) : child)
  }
  return dir
}

function* stepsOf(target: string, node: Node): Generator<Step> {
  switch (node.is) {
    case 'link':
      yield { do: 'link', target, to: node.to }
      return
    case 'dir':
      if (target) yield { do: 'dir', target }
      for (const [name, child] of node.children) yield* stepsOf(`${target}/${name}`, child)
      return
    case 'bind':
      yield* pointsOf(node)
      yield { do: 'bind', target, source: node.source, readOnly: node.readOnly, type: node.type }
      for (const [name, child] of node.inside) yield* insideOf(`${target}/${name}`, child)
  }
}

/** Mount points that must exist in a volume before it is bound. */
function* pointsOf(volume: Bind): Generator<Step> {
  const visit = function* (path: string, node: Node): Generator<Step> {
    if (node.is === 'link') return
    yield { do: 'point', source: path, type: node.is === 'dir' ? 'dir' : node.type }
    if (node.is === 'dir') for (const [name, child] of node.children) yield* visit(`${path}/${name}`, child)
  }
  for (const [name, child] of volume.inside) yield* visit(`${volume.source}/${name}`, child)
}

/** Below a volume directories exist already: only the binds are left. */
function* insideOf(target: string, node: Node): Generator<Step> {
  if (node.is === 'bind') yield* stepsOf(target, node)
  else if (node.is === 'dir') for (const [name, child] of node.children) yield* insideOf(`${target}/${name}`, child)
}
