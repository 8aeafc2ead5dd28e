/** An exec or attach, whatever carries it: the client's streams, its terminal's size, and the outcome it is told. */
import type { Readable, Writable } from 'node:stream'

export interface TerminalSize {
  width: number
  height: number
}

/** Those streams are there that the client asked for. */
export interface RemoteSession {
  stdin?: Readable
  stdout?: Writable
  stderr?: Writable
  onResize(listener: (size: TerminalSize) => void): void
  /** aborted when the client left before the end */
  left: AbortSignal
  /** after the outputs have ended: tells the outcome and closes */
  finish(outcome: Outcome): Promise<void>
}

/** How it ended. The protocols before v4 know only text for errors. */
export type Outcome = { ok: true } | { ok: false; exitCode: number } | { ok: false; error: string }

export interface RemoteOptions {
  stdin: boolean
  stdout: boolean
  stderr: boolean
  tty: boolean
}

const isOn = (value: string | null): boolean => value !== null && ['1', 'true', ''].includes(value)

/** Both spellings: `stdin=true` as clients write, `input=1` as API servers write to kubelets. */
export const remoteOptions = (query: URLSearchParams): RemoteOptions => {
  const on = (...names: string[]) => names.some((name) => query.has(name) && isOn(query.get(name)))
  const tty = on('tty')
  return { tty, stdin: on('stdin', 'input'), stdout: on('stdout', 'output'), stderr: !tty && on('stderr', 'error') }
}

/** The last word on the error channel from v4 on: a `Status`. */
export const statusOf = (outcome: Outcome): Record<string, unknown> => {
  if (outcome.ok) return { metadata: {}, status: 'Success' }
  if ('error' in outcome)
    return {
      metadata: {},
      status: 'Failure',
      message: `Internal error occurred: ${outcome.error}`,
      reason: 'InternalError',
      details: { causes: [{ message: outcome.error }] },
      code: 500,
    }
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${outcome.exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(outcome.exitCode) }] },
  }
}

/** The same before v4: nothing for success, a sentence otherwise. */
export const textOf = (outcome: Outcome): string => {
  if (outcome.ok) return ''
  return 'error' in outcome
    ? outcome.error
    : `command terminated with non-zero exit code: exit status ${outcome.exitCode}`
}

/** Sizes come as JSON objects one after the other, with or without line feeds, cut anywhere. */
export const sizeReader = (listener: (size: TerminalSize) => void) => {
  let text = ''
  return (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4096)
    for (let end = text.indexOf('}'); end !== -1; end = text.indexOf('}')) {
      const start = text.lastIndexOf('{', end)
      const piece = text.slice(start, end + 1)
      text = text.slice(end + 1)
      try {
        const { Width, Height } = JSON.parse(piece) as { Width: number; Height: number }
        if (Width > 0 && Height > 0) listener({ width: Width, height: Height })
      } catch {
        // A size nobody can read changes nothing.
      }
    }
  }
}
