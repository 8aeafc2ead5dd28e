/** What happened in a world, for people: who did what, when, and why. The same seed tells the same story, byte for byte. */
import { nameOf } from '@drey/operator'
import { beginning } from './scheduler.ts'
import type { World } from './world.ts'

export interface Story {
  line(who: string, what: string): void
  text(): string
}

export const storyOf = (world: World): Story => {
  const lines: string[] = []
  let last = ''
  const line = (who: string, what: string) => {
    const seconds = ((world.scheduler.now() - beginning) / 1_000).toFixed(1)
    lines.push(`${seconds.padStart(8)}  ${who.padEnd(9)} ${what}`)
  }
  world.listen({
    pass(_kind, { decision, outcome, recorded }) {
      const actions = (decision.actions as readonly never[]).map(nameOf)
      const failed =
        outcome && !outcome.ok ? ` — failed: ${String(outcome.error)}` : recorded ? '' : ' — somebody else wrote first'
      const text = `${decision.rule}: ${decision.because}${actions.length > 0 ? ` → ${actions.join(', ')}` : ''}${failed}`
      // Looking again and finding the same is no news.
      if (text === last && actions.length === 0) return
      last = text
      line('operator', text)
      for (const note of decision.events) line('', `  event ${note.reason}: ${note.message.split('\n', 1)[0]}`)
    },
    operator: (what, life) => line('operator', `life ${life} ${what === 'starts' ? 'begins' : 'ends'}`),
  })
  const phases = new Map<string, string>()
  for (const bucket of ['flinkdeployments', 'flinksessionjobs'])
    world.server.store.subscribe(({ key, object }) => {
      const phase = (object['status'] as { lifecycleState?: string } | undefined)?.lifecycleState
      if (phase === undefined || phases.get(bucket + key) === phase) return
      phases.set(bucket + key, phase)
      line('status', `${object.kind} ${object.metadata.name} is ${phase}`)
    }, `${bucket}.flink.apache.org`)
  world.flink.onEvent((event) => {
    switch (event.event) {
      case 'job started':
        return line(
          'flink',
          `job ${event.jobId.slice(0, 8)} starts ${event.path ? `from ${event.path}` : 'empty'} (${event.by})`,
        )
      case 'job state':
        return line('flink', `job ${event.jobId.slice(0, 8)} is ${event.state}`)
      case 'checkpoint':
        return
      case 'savepoint':
        return line('flink', `savepoint ${event.snapshot.path} is complete`)
      case 'disposed':
        return line('flink', `${event.snapshot.path} is disposed of`)
      default:
        return line('flink', `JobManager ${event.jobManager} ${event.event}`)
    }
  })
  return { line, text: () => `${lines.join('\n')}\n` }
}
