/**
 * Writes a set of files so that a reader sees either all old or all new ones: the files lie in a directory of their own, and
 * one link, `..data`, is swapped. Programs that watch mounted ConfigMaps know this layout from Kubernetes.
 */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

export interface VolumeFile {
  /** relative path inside the volume */
  path: string
  content: Buffer
  mode: number
}

/** True when something changed. */
export const writeAtomicDir = (dir: string, files: readonly VolumeFile[]): boolean => {
  mkdirSync(dir, { recursive: true, mode: 0o755 })
  const before = readLink(join(dir, '..data'))
  if (before && same(join(dir, before), files)) return false
  const number = before ? Number(before.slice(2)) + 1 : 1
  const next = `..${number}`
  rmSync(join(dir, next), { recursive: true, force: true })
  mkdirSync(join(dir, next))
  for (const { path, content, mode } of files) {
    mkdirSync(join(dir, next, dirname(path)), { recursive: true })
    writeFileSync(join(dir, next, path), content, { mode })
  }
  rmSync(join(dir, '..data_new'), { force: true })
  symlinkSync(next, join(dir, '..data_new'))
  renameSync(join(dir, '..data_new'), join(dir, '..data'))
  const tops = new Set(files.map(({ path }) => path.split('/')[0] ?? path))
  for (const name of readdirSync(dir))
    if (!name.startsWith('..') && !tops.delete(name)) rmSync(join(dir, name), { force: true })
  for (const name of tops) symlinkSync(join('..data', name), join(dir, name))
  if (before) rmSync(join(dir, before), { recursive: true, force: true })
  return true
}

const readLink = (path: string): string | undefined => {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

const same = (dir: string, files: readonly VolumeFile[]): boolean => {
  const have = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return have.length === files.length && files.every(({ path, content }) => contentOf(join(dir, path))?.equals(content))
}

const contentOf = (path: string): Buffer | undefined => {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}
