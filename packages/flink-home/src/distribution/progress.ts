/** Progress of a long task: bytes, speed and time left, and the same as one sentence. */
export interface Progress {
  /** what is being done: `download`, `unpack`, `examples`, `opt`, `waiting` */
  step: string
  /** file name of the piece */
  what: string
  bytes: number
  /** unknown until the server has told it */
  totalBytes?: number
  bytesPerSecond: number
  /** milliseconds; absent while unknown */
  leftMs?: number
  message: string
}

export type OnProgress = (progress: Progress) => void

/** Bytes as download tools print them: `35 kB`, `1.7 MB`, `232 MB`. */
export const readableBytes = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`

/** Counts bytes of one piece and reports at most every `everyMs`; `finish` reports the last state. */
export const meter = (step: string, what: string, report: OnProgress | undefined, everyMs = 500) => {
  const started = performance.now()
  let bytes = 0
  let resumedAt = 0
  let total: number | undefined
  let last = started
  const tell = (): void => {
    last = performance.now()
    const seconds = Math.max((last - started) / 1000, 0.001)
    const bytesPerSecond = Math.round((bytes - resumedAt) / seconds)
    const left = total === undefined || bytesPerSecond <= 0 ? undefined : ((total - bytes) / bytesPerSecond) * 1000
    const of = total === undefined ? readableBytes(bytes) : `${readableBytes(bytes)} of ${readableBytes(total)}`
    const when = left === undefined || left < 500 ? '' : `, ${Math.ceil(left / 1000)} s left`
    report?.({
      step,
      what,
      bytes,
      bytesPerSecond,
      ...(total === undefined ? {} : { totalBytes: total }),
      ...(left === undefined ? {} : { leftMs: left }),
      message: `${step} ${what}: ${of}${when}`,
    })
  }
  return {
    /** the piece's size, and how much of it an earlier attempt already fetched */
    begin(totalBytes: number | undefined, already = 0): void {
      total = totalBytes
      bytes = already
      resumedAt = already
    },
    add(count: number): void {
      bytes += count
      if (performance.now() - last >= everyMs) tell()
    },
    finish: tell,
  }
}
