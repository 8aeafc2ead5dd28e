/**
 * One process at a time runs, ends or purges a home. The lock is a listening socket without a file, so the kernel takes it back
 * however its holder ends: there is no stale lock to judge. Who connects is told who holds it.
 */
import { createHash, randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { Problem } from '../command.ts'
import { makeFolder } from './folder.ts'
import type { HomePaths } from './paths.ts'
import { markOf, type ProcessMark } from './process.ts'

export interface Holder extends ProcessMark {
  /** a home runs (or starts), or a `drey down` clears up */
  role: 'home' | 'down'
}

/** Takes the home for this process, or throws `HOME_IN_USE`. The returned function gives it back. */
export const takeHome = async (paths: HomePaths, role: Holder['role']): Promise<() => void> => {
  const name = socketName(paths, secretOf(paths))
  const mine: Holder = { ...markOf(process.pid)!, role }
  const server = createServer((asking) => asking.on('error', () => {}).end(JSON.stringify(mine)))
  const taken = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    server.listen(name, () => resolve(true))
  })
  if (taken) {
    server.unref()
    return () => void server.close()
  }
  const holder = await ask(name)
  throw new Problem(
    'HOME_IN_USE',
    `The home ${paths.name} is in use${holder ? ` by process ${holder.pid}` : ' by another process'}.`,
    { where: paths.dir, fix: ['drey status', 'a second home beside it: drey up --name other'] },
  )
}

/**
 * Resolves when the home can no longer be found by its lock: its folder was deleted, moved or replaced under it. Who runs it
 * then ends it, since no `drey down` ever could. Any other trouble with the file says nothing.
 */
export const lockLost = (paths: HomePaths, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const secret = readFileSync(lockFile(paths))
    const look = () => {
      try {
        if (readFileSync(lockFile(paths)).equals(secret)) return
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return
      }
      resolve()
    }
    const timer = setInterval(look, lookEveryMs).unref()
    signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  })

const lookEveryMs = 2_000

/** Who holds the home now; undefined when nobody does, or when the holder does not answer within a second. */
export const holderOf = (paths: HomePaths): Promise<Holder | undefined> => {
  try {
    return ask(socketName(paths, readFileSync(lockFile(paths))))
  } catch {
    return Promise.resolve(undefined)
  }
}

const lockFile = (paths: HomePaths): string => join(paths.dir, 'lock')

/** Derived from a secret of the home, so that no other user of the machine can take the name first. */
const socketName = (paths: HomePaths, secret: Buffer): string =>
  `\0drey-${createHash('sha256').update(secret).update(paths.dir).digest('hex')}`

const ask = (name: string): Promise<Holder | undefined> =>
  new Promise((resolve) => {
    let text = ''
    const socket = connect(name)
    socket.setTimeout(1000, () => socket.destroy())
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.on('error', () => {})
    socket.on('close', () => {
      try {
        resolve(JSON.parse(text) as Holder)
      } catch {
        resolve(undefined)
      }
    })
  })

/** Made whole under a name of its own and linked: of several processes one wins, and all read the same. */
const secretOf = (paths: HomePaths): Buffer => {
  const file = lockFile(paths)
  const own = `${file}.${process.pid}`
  try {
    makeFolder(paths.dir)
    try {
      return readFileSync(file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    try {
      writeFileSync(own, `${randomBytes(16).toString('hex')}\n`, { mode: 0o600 })
      linkSync(own, file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      rmSync(own, { force: true })
    }
    return readFileSync(file)
  } catch (error) {
    throw notWritable(paths, error as NodeJS.ErrnoException)
  }
}

/** A home folder that cannot be made, read or written to. */
export const notWritable = (paths: HomePaths, error: NodeJS.ErrnoException): Problem =>
  error.code === 'ENOSPC' || error.code === 'EDQUOT'
    ? new Problem('DISK_FULL', `The disk of the home ${paths.name} is full.`, {
        where: paths.dir,
        cause: error.message,
        fix: ['make room, then: drey up', 'or use another disk: drey up --home DIR'],
      })
    : new Problem('HOME_NOT_WRITABLE', `The home ${paths.name} cannot be written to.`, {
        where: paths.dir,
        cause: error.message,
        fix: 'choose a folder you may write to: drey up --home DIR',
      })
