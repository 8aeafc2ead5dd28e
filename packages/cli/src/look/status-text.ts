/** A JobStatus on one screen. */
import type { JobStatus, Operation, ResumePoint } from '@drey/core'
import { bytes, line, span, when, type Look } from './words.ts'

const stepNames = {
  savepoint: 'suspend',
  cancel: 'cancel',
  remove: 'remove old cluster',
  deploy: 'deploy',
  start: 'start',
}
const marks = { done: '✓', now: '●', next: '○' }

export const statusText = (status: JobStatus, look: Look): string => {
  const { resource, because, operation, last, state, job, capacity } = status
  const lines: string[] = []
  const add = (word: string, text: string | undefined) => void (text && lines.push(line(word, text, look)))
  if (because) add('because', `${because.text}${changeDetail(because, look)}`)
  if (operation) add(operation.what.slice(0, 9), stepsText(operation, look, resource.kind === 'FlinkSessionJob'))
  else if (last) add('last', lastText(last, look))
  add('state', state && stateText(state, look))
  add(
    'job',
    job &&
      [
        [job.id, job.state].filter(Boolean).join(' '),
        job.name,
        job.since && job.state === 'RUNNING'
          ? look.columns === undefined
            ? `since ${when(job.since, look)}`
            : `for ${span(look.now - Date.parse(job.since))}`
          : undefined,
        job.flinkVersion ? `Flink ${job.flinkVersion}` : undefined,
      ]
        .filter(Boolean)
        .join(' · '),
  )
  add(
    'capacity',
    capacity &&
      [
        capacity.parallelism === undefined ? undefined : `parallelism ${capacity.parallelism}`,
        capacity.taskManagers && `${capacity.taskManagers.ready}/${capacity.taskManagers.all} TaskManagers`,
        capacity.slots && `${capacity.slots.used}/${capacity.slots.total} slots`,
      ]
        .filter(Boolean)
        .join(' · '),
  )
  add('waits for', status.waitsFor)
  add('then', status.next)
  add(
    'if stuck',
    status.ifStuck && `${status.ifStuck.text} at ${status.ifStuck.at}${remaining(status.ifStuck.at, look)}`,
  )
  add('error', status.error)
  for (const { what, why } of status.unknown) add('unknown', `${what}: ${why}`)
  const since = status.since
    ? ` ${look.columns === undefined ? `since ${when(status.since, look)}` : span(look.now - Date.parse(status.since))}`
    : ''
  const step = operation && operation.steps.findIndex(({ is }) => is === 'now') + 1
  const towards = operation ? ` → ${operation.what} ${step}/${operation.steps.length}` : ''
  return `${resource.name} · ${status.cluster}/${resource.namespace} · ${status.lifecycle}${since}${towards}\n${lines.join('')}`
}

const lastText = ({ what, result, endedAt, change, because, state }: Operation, look: Look): string => {
  const at = endedAt ? ` ${when(endedAt, look)}` : ''
  if (what === 'fail') return `the job failed${at}`
  if (what === 'finish') return `the job came to its end${at}`
  return `${what} ${result}${at}${what === 'deploy' ? (state === 'nothing' || !state ? '' : ` from ${state}`) : `: ${change?.join(', ') ?? because}`}`
}

const changeDetail = (because: NonNullable<JobStatus['because']>, look: Look): string => {
  const parts = [
    because.generation > 0 ? `generation ${because.generation}` : undefined,
    because.who ? `by ${because.who}` : undefined,
    because.at ? when(because.at, look) : undefined,
  ].filter(Boolean)
  return parts.length > 0 ? ` (${parts.join(', ')})` : ''
}

const stepsText = (
  { steps, since, id }: NonNullable<JobStatus['operation']>,
  look: Look,
  isSubmitted: boolean,
): string => {
  let from = since
  const shown = steps.map(({ step, is, at }) => {
    const took =
      from &&
      (is === 'done' && at ? Date.parse(at) - Date.parse(from) : is === 'now' ? look.now - Date.parse(from) : undefined)
    if (at) from = at
    return `${marks[is]} ${step === 'deploy' && isSubmitted ? 'submit' : stepNames[step]}${typeof took === 'number' ? ` ${span(took)}` : ''}`
  })
  return `${shown.join('   ')}${id ? `       operation ${id}` : ''}`
}

export const stateText = (state: ResumePoint, look: Look): string => {
  if (state.what === 'nothing') return 'none: it would begin empty'
  if (state.what === 'HA metadata') return 'in HA metadata: the last checkpoint'
  return [
    `resume point ${state.path ?? state.what}`,
    state.at ? when(state.at, look).replace(/ ago$/, ' old') : undefined,
    state.sizeBytes ? bytes(state.sizeBytes) : undefined,
  ]
    .filter(Boolean)
    .join(' · ')
}

const remaining = (at: string, { now, columns }: Look): string => {
  const left = Date.parse(at) - now
  return columns === undefined ? '' : left > 0 ? ` (in ${span(left)})` : ' (due)'
}
