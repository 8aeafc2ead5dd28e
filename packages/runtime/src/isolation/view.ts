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
  /** following links */
  typeOf(path: string): 'dir' | 'file' | 'missing'
  /** where a symbolic link leads; undefined when it is none */
  linkAt(path: string): string | undefined
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
  /** mounts at places that exist in the source already, or are made in it (volumes) */
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
  // Links cannot lie inside a directory that is itself only linked: without a root of its own everything is opened.
  for (const mount of mounts) put(root, mount, host, base !== 'empty')
  return [...stepsOf('', root)]
}

/** A directory that only leads to mounts hides nothing: a layer at its place is laid over what it leads to. */
const newDir = (): Dir => ({ is: 'dir', children: new Map(), layer: true, readOnly: false })

const fromEntry = (parent: string, entry: Entry, as: { layer: boolean; readOnly: boolean }): Node =>
  entry.type === 'link'
    ? { is: 'link', to: entry.to }
    : {
        is: 'bind',
        source: join(parent, entry.name),
        type: entry.type,
        readOnly: as.readOnly,
        layer: as.layer,
        volume: false,
        inside: new Map(),
      }

const join = (parent: string, name: string) => (parent === '/' ? `/${name}` : `${parent}/${name}`)

const opened = (node: Bind, host: HostFiles): Dir => {
  const children = new Map(
    host.list(node.source).map((entry) => [entry.name, fromEntry(node.source, entry, node)] satisfies [string, Node]),
  )
  for (const [name, inner] of node.inside) {
    const child = children.get(name)
    if (inner.is === 'dir' && child?.is === 'bind') child.inside = inner.children
    else children.set(name, inner)
  }
  return { is: 'dir', layer: node.layer, readOnly: node.readOnly, children }
}

const put = (root: Dir, mount: Mount, host: HostFiles, wholeMachine: boolean): void => {
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
  const name = parts.at(-1)
  if (name === undefined) throw new Error(`${mount.source} cannot be mounted at ${mount.target}.`)
  const found = siblingsOf(root, parts, type, host, wholeMachine)
  // A last component that is a link of an image or of the machine means the link's target, as in a container.
  if ('elsewhere' in found) return put(root, { ...mount, target: found.elsewhere }, host, wholeMachine)
  const there = found.siblings.get(name)
  const laid = there ? merged(there, node, host) : node
  // The top of a layer is opened at once: what a container writes there is its own.
  found.siblings.set(name, laid === node && node.layer && type === 'dir' ? opened(node, host) : laid)
}

/**
 * The children of the directory in which the last part of `path` lies, opening and making what is on the way; or the path
 * that a link on the way leads to.
 */
const siblingsOf = (
  root: Dir,
  path: readonly string[],
  type: 'dir' | 'file',
  host: HostFiles,
  wholeMachine: boolean,
): { siblings: Map<string, Node> } | { elsewhere: string } => {
  const via = (index: number, to: string) => ({
    elsewhere: [follow(path.slice(0, index + 1), to), ...path.slice(index + 1)].join('/'),
  })
  let children = root.children
  /** the directory of the machine we are in, as long as nothing had to be opened */
  let within: string | undefined
  for (const [index, part] of path.entries()) {
    let node = children.get(part)
    if (node?.is === 'link') return via(index, node.to)
    if (within !== undefined) {
      within = join(within, part)
      const to = node ? undefined : host.linkAt(within)
      if (to !== undefined) return via(index, to)
    }
    if (index === path.length - 1) break
    if (node === undefined) node = newDir()
    else if (node.is === 'bind' && !node.volume) {
      const rest = path.slice(index + 1)
      if (wholeMachine && leadsTo(node.source, rest, type, host)) within = node.source
      else node = opened(checkDir(node, path.slice(0, index + 1)), host)
    }
    children.set(part, node)
    children = node.is === 'dir' ? node.children : node.inside
  }
  return { siblings: children }
}

const checkDir = (node: Bind, at: readonly string[]): Bind => {
  if (node.type === 'dir') return node
  throw new Error(`/${at.join('/')} is a file, not a directory.`)
}

/** Whether a mount point of that type exists below `source`, or a link comes first. */
const leadsTo = (source: string, rest: readonly string[], type: 'dir' | 'file', host: HostFiles): boolean => {
  let at = source
  for (const part of rest) {
    at = join(at, part)
    if (host.linkAt(at) !== undefined) return true
  }
  return host.typeOf(at) === type
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
