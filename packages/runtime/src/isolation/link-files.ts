/**
 * Files of a container without any privilege: a directory of links that has the container's shape, and a translation of
 * the paths that programs are told. What a program has built in as an absolute path, it will not find.
 */
import { mkdirSync, rmSync, symlinkSync, writeFileSync, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Step } from './view.ts'

/** Makes (anew) the directory of links. */
export const makeLinks = (root: string, steps: readonly Step[]): void => {
  rmSync(root, { recursive: true, force: true })
  mkdirSync(root, { recursive: true, mode: 0o700 })
  for (const step of steps) {
    switch (step.do) {
      case 'dir':
        mkdirSync(root + step.target, { recursive: true })
        break
      case 'point':
        break
      case 'link':
        link(step.to.startsWith('/') ? root + step.to : step.to, root + step.target)
        break
      case 'bind':
        link(step.source, root + step.target)
    }
  }
}

const link = (to: string, at: string) => {
  mkdirSync(dirname(at), { recursive: true })
  // Below a volume that is itself a link, the new link lies in the volume and may be left from an earlier start.
  rmSync(at, { recursive: true, force: true })
  symlinkSync(to, at)
}

/** An empty file or directory that must exist before something is linked over it. */
export const touch = (path: string, type: 'dir' | 'file'): void => {
  mkdirSync(type === 'dir' ? path : dirname(path), { recursive: true })
  if (type === 'file' && !existsSync(path)) writeFileSync(path, '')
}

export interface Translation {
  /** where a container path lies; itself when the container sees the machine's own */
  path(containerPath: string): string
  /** the same for every such path inside a text: arguments, environment, configuration */
  text(text: string): string
}

/** One container path and where it lies on this machine. */
export interface Translated {
  target: string
  to: string
  /** replaced inside texts too; false for what nobody named, such as /tmp */
  inTexts: boolean
}

/** The longest target wins. */
export const translation = (entries: readonly Translated[]): Translation => {
  const longest = entries.toSorted((a, b) => b.target.length - a.target.length)
  const words = longest.filter(({ inTexts }) => inTexts)
  const to = new Map(words.map((entry) => [entry.target, entry.to]))
  // A path begins a word, or follows a scheme (file:///opt, local:///opt), an equals sign, a colon, a quote.
  const pattern =
    words.length > 0
      ? new RegExp(
          `(^|[^A-Za-z0-9_./-]|://)(${words.map(({ target }) => escape(target)).join('|')})(?![A-Za-z0-9_.-])`,
          'g',
        )
      : undefined
  return {
    path(path) {
      const entry = longest.find(({ target }) => path === target || path.startsWith(`${target}/`))
      return entry ? entry.to + path.slice(entry.target.length) : path
    },
    text: (text) =>
      pattern ? text.replace(pattern, (_, before: string, path: string) => before + (to.get(path) ?? path)) : text,
  }
}

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
