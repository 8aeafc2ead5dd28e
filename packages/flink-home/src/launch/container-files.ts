/** Reads the files a container will see, before it exists: through the list of what is mounted where. */
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { LaunchContext } from '../image.ts'

export interface ContainerFiles {
  /** a file's text, undefined if there is none */
  read(path: string): string | undefined
  /** where on this machine a path lies */
  source(path: string): string | undefined
  /** every file below a directory, as paths relative to it */
  filesBelow(path: string): string[]
}

export const containerFiles = ({ mounts, hostPath }: Pick<LaunchContext, 'mounts' | 'hostPath'>): ContainerFiles => {
  const laid = mounts ?? []

  /** Places of this machine that make up a path, the uppermost first. */
  const places = (path: string): string[] => {
    if (mounts === undefined) return [hostPath(path)]
    const found: string[] = []
    for (const { source, target, as } of laid.toReversed()) {
      if (path !== target && !path.startsWith(withSlash(target))) continue
      found.push(join(source, path.slice(target.length)))
      if (as === 'volume') break
    }
    return found
  }

  const children = (path: string): string[] => {
    const below = laid.map(({ target }) => target).filter((target) => target.startsWith(withSlash(path)))
    const mounted = below.map((target) => target.slice(withSlash(path).length).split('/')[0] ?? '')
    return [...new Set([...places(path).flatMap(namesIn), ...mounted])]
  }

  const source = (path: string): string | undefined => places(path).find((place) => kindOf(place) !== 'nothing')

  const filesBelow = (path: string): string[] =>
    children(path).flatMap((name) => {
      const child = join(path, name)
      const place = source(child)
      if (place !== undefined && kindOf(place) === 'file') return [name]
      return filesBelow(child).map((file) => join(name, file))
    })

  return {
    source,
    filesBelow,
    read(path) {
      const place = source(path)
      return place !== undefined && kindOf(place) === 'file' ? readFileSync(place, 'utf8') : undefined
    },
  }
}

const withSlash = (path: string): string => (path.endsWith('/') ? path : `${path}/`)

const kindOf = (path: string): 'file' | 'folder' | 'nothing' => {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file'
  } catch {
    return 'nothing'
  }
}

const namesIn = (path: string): string[] => {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
