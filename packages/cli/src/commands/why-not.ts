/** `drey why-not`: why nothing is happening. The same questions in the same order; the first that blocks is the answer. */
import { command, exit } from '../command.ts'
import { documentFlag, sayDocument } from '../look/document.ts'
import { lookNeeds } from '../look/needs.ts'
import { subjectArgs } from '../look/subject.ts'
import { namespaceFlag, withTarget } from './objects.ts'

export const whyNot = command({
  name: 'why-not',
  group: 'Look',
  summary: 'Why nothing is happening to a resource: what blocks, and what to do. 0: nothing does, 1: something.',
  effect: 'read',
  args: subjectArgs,
  flags: {
    namespace: namespaceFlag,
    output: documentFlag,
  },
  needs: lookNeeds,
  examples: ['drey why-not orders'],
  run: (context) =>
    withTarget(context, async (target) => {
      const [{ whyNotOf }, { sourcesOf }, { subjectOf }, { whyNotText }] = await Promise.all([
        import('@drey/core'),
        import('../look/sources.ts'),
        import('../look/subject.ts'),
        import('../look/why-not-text.ts'),
      ])
      const document = whyNotOf(await sourcesOf(context, target, await subjectOf(context, target)))
      await sayDocument(context, document, () => whyNotText(document))
      return document.blocked ? exit.no : exit.ok
    }),
})
