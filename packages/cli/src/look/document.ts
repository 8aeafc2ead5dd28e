/** A document for machines, or its text for people, as `-o` asks. */
import type { Context, Flag } from '../command.ts'

export const documentFlag: Flag = {
  type: 'text',
  short: 'o',
  value: 'FORM',
  summary: 'json or yaml',
  choices: ['json', 'yaml'],
}

/** `text` is only made where people read. */
export const sayDocument = async (context: Context, document: object, text: () => string): Promise<void> => {
  const form = context.flags['output']
  if (form === 'yaml') {
    const { stringify } = await import('yaml')
    return context.stdout(stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }))
  }
  context.stdout(form === 'json' ? `${JSON.stringify(document, null, 2)}\n` : text())
}
