/**
 * Makes a folder and those above it. One by one: Node.js's own recursive way never returns where a file system has no room for
 * folders (`/proc`, `/sys`).
 */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

export const makeFolder = (dir: string): void => {
  if (existsSync(dir)) return
  makeFolder(dirname(dir))
  try {
    mkdirSync(dir, { mode: 0o700 })
  } catch (error) {
    // Somebody else was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
