/** A running container's standard input, for a client that attaches. */
import { constants, createWriteStream, existsSync } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { attachedPipe } from './shim.ts'

/** Whoever keeps an input open until its first client comes needs a moment to start. */
const patienceMs = 1_000

/** Undefined: it ended with an earlier client (`stdinOnce`), or the container has none. */
export const openInput = async (pipe: string, endsWithClient: boolean): Promise<Writable | undefined> => {
  if (!existsSync(pipe)) return undefined
  // Read and write: opening must not wait for a reader.
  const input = createWriteStream(pipe, { flags: 'r+' })
  await once(input, 'open')
  if (!endsWithClient || (await comeFirst(attachedPipe(pipe)))) return input
  input.end()
  return undefined
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
  return false
}
