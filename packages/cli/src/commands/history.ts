/** `drey history`: the operations that ended, newest first, and the one under way. */
import { command, exit } from '../command.ts'
import { durationMs } from '../durations.ts'
import { documentFlag, sayDocument } from '../look/document.ts'
import { lookNeeds } from '../look/needs.ts'
import { subjectArgs } from '../look/subject.ts'
import { namespaceFlag, withTarget } from './objects.ts'

export const history = command({
  name: 'history',
  group: 'Look',
  summary: 'What was done with a resource, newest first: when, why, from which state, and how it ended.',
  effect: 'read',
  args: subjectArgs,
  flags: {
    namespace: namespaceFlag,
    steps: { type: 'boolean', summary: 'also the steps of each operation' },
    since: { type: 'text', value: 'TIME', summary: 'from so long ago: 6h, 7d' },
    output: documentFlag,
  },
  needs: lookNeeds,
  examples: ['drey history orders', 'drey history orders --steps --since 7d'],
  run: (context) =>
    withTarget(context, async (target) => {
      const [{ historyOf }, { sourcesOf }, { subjectOf }, { historyTable }, { lookOf }] = await Promise.all([
        import('@drey/core'),
        import('../look/sources.ts'),
        import('../look/subject.ts'),
        import('../look/history-text.ts'),
        import('../look/words.ts'),
      ])
      const sources = await sourcesOf(context, target, await subjectOf(context, target))
      const { since } = context.flags
      const from = typeof since === 'string' ? sources.now - durationMs(since, '--since') : 0
      const all = historyOf(sources)
      const document = { ...all, operations: all.operations.filter(({ startedAt }) => Date.parse(startedAt) >= from) }
      await sayDocument(context, document, () =>
        historyTable(document, lookOf(sources.now, context.env), { steps: context.flags['steps'] === true }),
      )
      return exit.ok
    }),
})
