/** Spans of time as people and kubectl write them: `5s`, `1m30s`, `2h`, plain seconds. */
import { exit, Problem } from './command.ts'

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** In milliseconds; `what` names the flag in the problem. */
export const durationMs = (text: string, what: string): number => {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)]
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text)
    throw new Problem('USAGE', `${what} ${text} is not a span of time.`, {
      fix: `for example ${what} 30s, ${what} 5m`,
      exitCode: exit.usage,
    })
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * unitMs[unit!]!, 0)
}
