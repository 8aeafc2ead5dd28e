/** Writes the reference page of a declared resource: every field with its type, default, effect of a change and meaning. */
import type { CrdSource } from './crd.ts'
import type { OnChange } from './diff.ts'
import type { StructuralSchema } from './structural.ts'

export interface PageOptions {
  /** objects that the page does not open up: the words that stand for them instead */
  readonly closed?: (path: string, schema: StructuralSchema) => string | undefined
  /** what a change of a field asks for when the field does not say; without it the page has no such column */
  readonly onChange?: OnChange
  /** a manifest that shows the resource at work, as YAML */
  readonly example?: string
}

export const resourcePage = (source: CrdSource, { closed, example, onChange }: PageOptions = {}): string => {
  const { type } = source
  return [
    `# ${type.kind}`,
    source.description,
    table(
      ['', ''],
      [
        ['API', `\`${type.group}/${type.version}\``],
        ['Short', [type.resource, source.singular, ...source.shortNames].map((name) => `\`${name}\``).join(', ')],
        ['Scope', type.namespaced ? 'namespaced' : 'cluster'],
        ['Subresources', source.scale ? '`status`, `scale`' : '`status`'],
      ],
    ),
    ...(example ? [`## Example`, `\`\`\`yaml\n${example.trim()}\n\`\`\``] : []),
    '## Spec',
    source.spec.description ?? '',
    ...sections(source.spec, 'spec', { closed, onChange, spec: true }),
    '## Status',
    source.status.description ?? '',
    ...sections(source.status, 'status', { closed, spec: false }),
    '## Columns',
    'What `kubectl get` prints.',
    table(
      ['Column', 'From'],
      source.columns.map((column) => [column.name, `\`${column.jsonPath}\``]),
    ),
    ...(source.rules?.length
      ? [
          '## Rules',
          'Refused by the API server when an object is created.',
          table(
            ['Where', 'Sentence'],
            source.rules.map((rule) => [
              `\`${rule.at === '' ? 'metadata' : rule.at}${rule.fieldPath ?? ''}\``,
              rule.message ?? rule.rule,
            ]),
          ),
        ]
      : []),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')
}

interface Inherited {
  readonly closed: PageOptions['closed']
  readonly onChange?: OnChange | undefined
  readonly spec: boolean
}

/** One table per object, nested objects after the table that mentions them. */
const sections = (schema: StructuralSchema, path: string, from: Inherited, title = ''): string[] => {
  const fields = Object.entries(schema.properties ?? {})
  const head = ['Field', 'Type', ...(from.spec ? ['Default'] : []), ...(from.onChange ? ['A change'] : []), 'Meaning']
  const rows = fields.map(([name, own]) => [
    `\`${name}\``,
    from.closed?.(`${path}.${name}`, own) ?? typeText(own),
    ...(from.spec ? [own.assumed === undefined ? '' : code(own.assumed)] : []),
    ...(from.onChange ? [opened(`${path}.${name}`, own, from) ? '' : changeText(own, from.onChange)] : []),
    (own.description ?? '') + (own.example === undefined || own.properties ? '' : ` Example: ${code(own.example)}.`),
  ])
  const inner = fields.flatMap(([name, own]) => {
    const at = `${path}.${name}`
    const below = opened(at, own, from)
    if (!below) return []
    const heading = `### \`${below === own.items ? `${at}[]` : at}\`\n\n${own.description ?? ''}`.trim()
    return sections(
      below,
      at,
      { ...from, onChange: from.onChange && ((own.onChange as OnChange | undefined) ?? from.onChange) },
      heading,
    )
  })
  return [...(title ? [title] : []), table(head, rows), ...inner]
}

/** The object whose fields get a table of their own. */
const opened = (path: string, schema: StructuralSchema, { closed }: Inherited): StructuralSchema | undefined => {
  if (closed?.(path, schema) !== undefined) return undefined
  const below = schema.properties ? schema : schema.items
  return below?.properties && Object.keys(below.properties).length > 0 ? below : undefined
}

const typeText = (schema: StructuralSchema): string => {
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(' ')
  if (schema['x-kubernetes-int-or-string']) return 'integer or text'
  if (schema.items) return `list of ${schema.items.properties ? 'objects' : typeText(schema.items)}`
  if (typeof schema.additionalProperties === 'object') return `map to ${typeText(schema.additionalProperties)}`
  return { string: 'text', integer: 'integer', number: 'number', boolean: 'boolean', object: 'object', array: 'list' }[
    schema.type ?? 'object'
  ]
}

const changeText = (schema: StructuralSchema, inherited: OnChange): string => {
  if (schema.compare === 'flink-configuration') return 'by key'
  const onChange = (schema.onChange as OnChange | undefined) ?? inherited
  if (typeof onChange === 'string') return words[onChange]!
  return Object.entries(onChange)
    .map(([mode, weight]) => `${mode}: ${words[weight]}`)
    .join('; ')
}
const words: Record<string, string> = {
  ignore: 'runs on',
  scale: 'scales',
  upgrade: 'redeploys',
  'savepoint-redeploy': 'starts again from the given savepoint',
}

const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** A Markdown table. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')
