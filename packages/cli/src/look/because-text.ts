/** A chain of causes, one line each. */
import type { Because, Cycle } from '@drey/core'
import { withoutControls } from '../terminal.ts'
import { clock, type Look } from './words.ts'

export const becauseText = (because: Because, look: Look): string => {
  const width = Math.max(8, ...because.lines.map(({ who }) => who.length))
  const lines = because.lines.map(
    ({ at, who, text }) => `${clock(at, look)}  ${who.padEnd(width)}  ${withoutControls(text)}\n`,
  )
  return lines.join('') + because.unknown.map(({ what, why }) => `unknown   ${what}: ${why}\n`).join('')
}

/** What the operator looked at and decided, pass by pass. */
export const cyclesText = (cycles: readonly Cycle[], look: Look, o: { facts: boolean }): string =>
  cycles
    .map((cycle) => {
      const { decision, repeated, outcome, recorded } = cycle
      const times = repeated ? ` (again ${repeated.times} times until ${clock(repeated.until, look)})` : ''
      const failed =
        outcome && !outcome.ok
          ? [`  failed  ${outcome.error}\n`]
          : recorded
            ? []
            : ['  somebody else wrote first: nothing was done\n']
      return [
        `${clock(cycle.at, look)}  ${decision.rule}: ${withoutControls(decision.because)}${times}\n`,
        ...(o.facts ? factLines(cycle) : []),
        ...decision.actions.map((action) => `  act     ${actionText(action)}\n`),
        ...decision.events.map((event) => `  event   ${eventText(event)}\n`),
        ...failed,
      ].join('')
    })
    .join('')

export const actionText = (action: unknown): string => {
  const { do: what, kind, name, jobId, trigger, directory, path } = action as Record<string, unknown>
  return [
    what,
    kind,
    name,
    jobId ? `job ${String(jobId)}` : undefined,
    trigger ? `trigger ${String(trigger)}` : undefined,
    directory ? `to ${String(directory)}` : undefined,
    path,
  ]
    .filter(Boolean)
    .map(String)
    .join(' ')
}

export const eventText = (event: unknown): string => {
  const { type, reason, message } = event as Record<string, unknown>
  return withoutControls(
    `${type === 'Warning' ? 'Warning ' : ''}${String(reason)}: ${String(message).split('\n', 1)[0]}`,
  )
}

/** The facts of a pass, those that say something. */
export const factLines = ({ observed, object }: Cycle): string[] => {
  const { cluster, flink, sessionJobs, snapshots, lastFailure } = observed as Record<string, any>
  const status = (object['status'] ?? {}) as Record<string, any>
  const say = (name: string, value: unknown): string[] => {
    const text = shortOf(value)
    return text === undefined ? [] : [`  fact    ${name.padEnd(14)} ${withoutControls(text)}\n`]
  }
  return [
    ...say(
      'generation',
      `${String(object.metadata.generation ?? '?')} (seen ${String(status['observedGeneration'] ?? 'none')})`,
    ),
    ...say(
      'state',
      [status['reconciliationStatus']?.state, status['lifecycleState']].filter(Boolean).join(', ') || undefined,
    ),
    ...say('job', [status['jobStatus']?.jobId, status['jobStatus']?.state].filter(Boolean).join(' ') || undefined),
    ...say('resume point', status['jobStatus']?.upgradeSavepointPath),
    ...(cluster?.jobManager !== undefined || cluster?.pods !== undefined
      ? say(
          'cluster',
          cluster.jobManager
            ? `JobManager ${cluster.jobManager.availableReplicas}/${cluster.jobManager.replicas} of generation ${String(cluster.jobManager.generation ?? '?')}${cluster.jobManager.deleting ? ', being deleted' : ''}; ${cluster.pods?.length ?? 0} pods; ${cluster.ha?.length ?? 0} HA ConfigMaps`
            : `no JobManager; ${cluster.pods?.length ?? 0} pods; ${cluster.ha?.length ?? 0} HA ConfigMaps`,
        )
      : cluster?.status
        ? say('cluster', `${String(cluster.metadata?.name)} is ${String(cluster.status.jobManagerDeploymentStatus)}`)
        : []),
    ...Object.entries((flink ?? {}) as Record<string, { known: boolean; value?: unknown; why?: string }>).flatMap(
      ([question, fact]) =>
        say(`flink ${question}`, fact.known ? (shortOf(fact.value) ?? 'nothing') : `unknown: ${fact.why ?? ''}`),
    ),
    ...(Array.isArray(sessionJobs) && sessionJobs.length > 0 ? say('session jobs', sessionJobs.join(', ')) : []),
    ...(Array.isArray(snapshots) && snapshots.length > 0 ? say('snapshots', String(snapshots.length)) : []),
    ...say('last failure', typeof lastFailure === 'string' ? lastFailure : lastFailure?.message),
  ]
}

const shortOf = (value: unknown): string | undefined => {
  if (value === undefined || value === null || value === '') return undefined
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 300 ? `${text.slice(0, 299)}…` : text
}
