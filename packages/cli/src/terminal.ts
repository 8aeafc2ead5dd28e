/** What a terminal is given: colours where it has them, and never somebody else's control characters. */

/** Foreign text (logs, exceptions, job names) loses its control characters before it reaches a terminal. */
export const withoutControls = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replaceAll(
    /\u001B\[[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[\u0000-\u0008\u000B-\u001F\u007F\u0080-\u009F]/g,
    '',
  )

/** Marks at the start of a line: their colour, and what a terminal without them gets. */
const marks: Readonly<Record<string, { colour: number; ascii: string }>> = {
  '✓': { colour: 32, ascii: 'ok' },
  '●': { colour: 36, ascii: '*' },
  '○': { colour: 2, ascii: '-' },
  '✗': { colour: 31, ascii: 'x' },
  '!': { colour: 33, ascii: '!' },
}

/** Colours the marks of our own lines, per stream; the words beside them say the same. */
export const painter = (
  when: unknown,
  env: NodeJS.ProcessEnv,
  streams: { out: { isTTY?: boolean }; err: { isTTY?: boolean } } = { out: process.stdout, err: process.stderr },
): { out(text: string): string; err(text: string): string } => {
  const paintFor = (isTTY: boolean) => {
    const colour =
      when === 'always' || (when !== 'never' && isTTY && !env['NO_COLOR'] && !env['CI'] && env['TERM'] !== 'dumb')
    const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || 'UTF-8'
    const ascii = isTTY && !/utf-?8/i.test(locale)
    if (!colour && !ascii) return (text: string) => text
    return (text: string) =>
      text.replaceAll(/^([✓●○✗!])(?= )|^error(?= [A-Z_]+:)/gmu, (found: string, mark?: string) => {
        const as = mark === undefined ? { colour: 31, ascii: found } : marks[mark]!
        const word = ascii ? as.ascii : found
        return colour ? `\u001B[${as.colour}m${word}\u001B[0m` : word
      })
  }
  return { out: paintFor(streams.out.isTTY === true), err: paintFor(streams.err.isTTY === true) }
}
