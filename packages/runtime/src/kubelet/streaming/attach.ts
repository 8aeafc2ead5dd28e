/** Joins a client to what a container's own process writes from now on, and, where there is one, to its input. */
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { logBytes } from './log-lines.ts'
import type { Outcome, RemoteSession } from './remote.ts'
import type { KubeletTarget } from './target.ts'

type Attachment = Awaited<ReturnType<KubeletTarget['attach']>>

export const runAttach = async ({ log, stdin, fromStart }: Attachment, session: RemoteSession): Promise<Outcome> => {
  if (session.stdin && stdin) session.stdin.on('error', () => {}).pipe(stdin)
  else session.stdin?.resume()
  const follow = async (stream: 'stdout' | 'stderr') => {
    const to = session[stream]
    if (!to) return
    const lines = logBytes(
      log,
      { follow: true, timestamps: false, ...(fromStart ? {} : { tailLines: 0 }), stream },
      session.left,
    )
    await pipeline(Readable.from(lines), to).catch(() => {})
  }
  await Promise.all([follow('stdout'), follow('stderr'), log.ended])
  return { ok: true }
}
