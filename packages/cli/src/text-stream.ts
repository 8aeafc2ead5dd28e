/** A text answer of the API server (logs), line by line as it comes. */
import { Agent, request } from 'undici'
import { KubeError } from '@drey/reconcile'
import type { Context } from './command.ts'
import { clusterOf } from './target.ts'

export const openTextStream = async (
  context: Context,
  to: { path: string; query: Record<string, string> },
): Promise<AsyncIterable<string>> => {
  const { cluster } = await clusterOf(context)
  const agent = new Agent({ connect: cluster.tls, bodyTimeout: 0 })
  const response = await request(
    `${cluster.server.replace(/\/$/, '')}${to.path}?${new URLSearchParams(to.query).toString()}`,
    {
      dispatcher: agent,
      headers: await cluster.headers(false),
      signal: context.signal,
    },
  )
  if (response.statusCode !== 200) {
    const text = await response.body.text()
    await agent.close()
    let status: object | undefined
    try {
      status = JSON.parse(text) as object
    } catch {
      status = { message: text }
    }
    throw new KubeError(response.statusCode, status, to.path)
  }
  return lines(response.body, agent, context.signal)
}

async function* lines(body: AsyncIterable<Buffer>, agent: Agent, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let tail = ''
  try {
    for await (const chunk of body) {
      const parts = (tail + decoder.decode(chunk, { stream: true })).split('\n')
      tail = parts.pop() ?? ''
      yield* parts
    }
    if (tail) yield tail
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await agent.destroy()
  }
}
