/** The machine's files as the view planner asks for them. */
import { readdirSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Entry, HostFiles } from './view.ts'

export const hostFiles: HostFiles = {
  list(dir) {
    try {
      return readdirSync(dir, { withFileTypes: true }).map((entry): Entry =>
        entry.isSymbolicLink()
          ? { name: entry.name, type: 'link', to: readlinkSync(join(dir, entry.name)) }
          : { name: entry.name, type: entry.isDirectory() ? 'dir' : 'file' },
      )
    } catch {
      return []
    }
  },
  linkAt(path) {
    try {
      return readlinkSync(path)
    } catch {
      return undefined
    }
  },
  typeOf(path) {
    try {
      return statSync(path).isDirectory() ? 'dir' : 'file'
    } catch {
      return 'missing'
    }
  },
}
