/** The checklist of why-not: the answer first, then what blocks, then the rest in its order. */
import type { WhyNot } from '@drey/core'
import { withoutControls } from '../terminal.ts'

const marks = { ok: '✓', blocks: '✗', 'goes on': '●', unknown: '-' }

export const whyNotText = ({ resource, answer, checks, fix }: WhyNot): string => {
  const first = checks.find(({ is }) => is === 'blocks')
  const ordered = first ? [first, ...checks.filter((check) => check !== first)] : checks
  const lines = ordered.map(
    ({ check, is, text }) => `  ${marks[is]} ${check.padEnd(10)} ${withoutControls(text).replaceAll('\n', ' ')}\n`,
  )
  return [
    `${resource.name}: ${withoutControls(answer)}.\n`.replace(/\.\.\n$/, '.\n'),
    ...lines,
    ...fix.map((one) => `  fix  ${one.replaceAll('NAME', resource.name)}\n`),
  ].join('')
}
