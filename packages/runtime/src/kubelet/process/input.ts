/** A running container's standard input, for a client that attaches. */
import { constants, createWriteStream, existsSync } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { attachedPipe } from './shim.ts'

/** Whoever keeps an input open until its first client comes needs a moment to start. */
const patienceMs = 1_000

export interface OpenedInput {
  /** absent: it ended with an earlier client (`stdinOnce`) or with the program, or the container has none */
  input?: Writable
  /** nobody came before, and the container was started for a client */
  isFirst: boolean
}

export const openInput = async (pipe: string, endsWithClient: boolean): Promise<OpenedInput> => {
  if (!existsSync(pipe)) return { isFirst: false }
  const attached = attachedPipe(pipe)
  const isFirst = endsWithClient && existsSync(attached)
  // Read and write: opening must not wait for a reader.
  const input = createWriteStream(pipe, { flags: 'r+' })
  await once(input, 'open')
  if (!endsWithClient || (await comeFirst(attached))) return { input, isFirst }
  input.end()
  return { isFirst }
}

const comeFirst = async (attached: string): Promise<boolean> => {
  for (const until = Date.now() + patienceMs; Date.now() < until; await new Promise((go) => setTimeout(go, 10)))
    try {
      const holder = await open(attached, constants.O_WRONLY | constants.O_NONBLOCK)
      await holder.write('\n')
      await holder.close()
      await unlink(attached)
      return true
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENXIO') return false
    }
  // The program has ended, and with it whoever kept its input open.
  await unlink(attached).catch(() => {})
  return false
}
