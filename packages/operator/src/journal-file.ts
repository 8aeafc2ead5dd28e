/** The journal on a disk: JSON lines in two files that take turns, never more than twice `maxBytes`. Trouble with the disk never reaches a pass. */
import { appendFile, mkdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { JournalLine } from './journal.ts'

export const journalFileName = 'cycles.jsonl'
export const olderJournalFileName = 'cycles.old.jsonl'

export interface JournalFile {
  write(line: JournalLine): void
  /** resolves when everything is written that was told so far */
  close(): Promise<void>
}

const maxBytesUsually = 8 << 20
/** A disk that stands still must not fill the memory. */
const waitingMax = 500

export const journalFile = (
  dir: string,
  o: { maxBytes?: number; trouble?(error: unknown): void } = {},
): JournalFile => {
  const { maxBytes = maxBytesUsually } = o
  const file = join(dir, journalFileName)
  let size: number | undefined
  let waiting: string[] = []
  let writing: Promise<void> | undefined
  let failed = false

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const text = waiting.join('')
      waiting = []
      try {
        if (size === undefined) {
          await mkdir(dir, { recursive: true, mode: 0o700 })
          size = (await stat(file).catch(() => undefined))?.size ?? 0
        }
        if (size > 0 && size + text.length > maxBytes) {
          await rename(file, join(dir, olderJournalFileName))
          size = 0
        }
        await appendFile(file, text, { mode: 0o600 })
        size += Buffer.byteLength(text)
        failed = false
      } catch (error) {
        if (!failed) o.trouble?.(error)
        failed = true
      }
    }
    writing = undefined
  }

  return {
    write(line) {
      if (waiting.length >= waitingMax) return
      waiting.push(`${JSON.stringify(line)}\n`)
      writing ??= flush()
    },
    close: async () => writing,
  }
}
