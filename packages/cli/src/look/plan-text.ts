/** A plan on a screen: what changes, the steps in their order, and what keeps it from going on. */
import type { Plan, PlannedStep } from '@drey/core'
import { withoutControls } from '../terminal.ts'
import { aligned } from '../table.ts'
import { span, when, type Look } from './words.ts'

export const planText = (plan: Plan, look: Look): string => {
  const { resource, cluster, changes, steps, restore, blocks, problems, assumed } = plan
  const lines: string[] = [`${resource.name}: ${headline(plan)}   → ${cluster}/${resource.namespace}\n`]
  const add = (text: string) => void lines.push(`  ${withoutControls(text)}\n`)
  if (changes.length > 0)
    lines.push(aligned(changes.map(({ path, text, type }) => [`  ~ ${path}`, withoutControls(text), type])).text)
  for (const { path, message, fix } of problems) {
    add(`✗ ${path}: ${message}`)
    add(`    fix  ${fix}`)
  }
  if (steps.length > 0)
    lines.push(
      aligned(
        steps.map((step, index) => [
          `  ${index + 1} ${step.step.padEnd(8)}`,
          withoutControls(step.text),
          usually(step),
        ]),
      ).text,
    )
  const age =
    restore?.at === undefined
      ? ''
      : ` · ${span(restore.ageMs ?? 0)} old${look.columns === undefined ? ` (${when(restore.at, look)})` : ''}`
  if (restore && plan.what === 'suspend') add(`state     resumes from ${restore.text}${age}`)
  else if (restore?.path && !restore.path.endsWith('(new)') && (age || restore.path !== restore.text))
    add(`state     ${restore.path === restore.text ? '' : `${restore.text}: `}${restore.path}${age}`)
  for (const block of blocks) add(`${plan.outcome === 'blocked' ? 'blocked' : 'first'}   ${block}`)
  if (plan.later !== undefined) add(`then      ${plan.later}`)
  for (const one of assumed) add(`assumed   ${one}`)
  return lines.join('')
}

const headline = ({ outcome, what, by, id, steps, isNew }: Plan): string => {
  switch (outcome) {
    case 'nothing':
      return 'nothing to do'
    case 'refused':
      return `this spec would be refused; ${isNew ? 'nothing is deployed' : 'what runs goes on'}`
    case 'blocked':
      return `${what.toUpperCase()} would not begin now · plan ${id}`
    case 'in place':
      return `${what.toUpperCase()}${steps.length === 0 ? ' · nothing is restarted' : ` by ${by ?? 'no restart'}`} · plan ${id}`
    case 'change':
      return `${what.toUpperCase()}${by ? ` by ${by}` : ''} · plan ${id}`
  }
}

const usually = ({ usuallyMs, of }: PlannedStep): string =>
  usuallyMs === undefined ? '' : `~${span(usuallyMs)} (median of ${of})`
