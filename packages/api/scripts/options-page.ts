/** The reference page of options, by section. */
import { table } from '@drey/schema'
import {
  autoscalerOptions,
  dreyOptions,
  flinkOptions,
  operatorOptions,
  standaloneAutoscalerOptions,
  type Option,
  type Scope,
} from '../src/index.ts'

export const optionsPage = (): string =>
  [
    '# Options',
    'Options of the operator and of the autoscaler, and the keys of Flink itself that the operator reads or writes. They stand in the operator’s configuration (`flink-conf.yaml` or `config.yaml`) and, where the scope allows it, in `spec.flinkConfiguration`.',
    '**Scope**: `operator` – the operator’s configuration only; `namespace` – also its defaults for a namespace or a Flink version (`kubernetes.operator.default-configuration.namespace.<ns>.<key>`, `….flink-version.v1_20.<key>`, `….flink-version.v1_19+.<key>`); `resource` – also `spec.flinkConfiguration`; `blue-green` – only `spec.configuration` of a FlinkBlueGreenDeployment.\n**Takes effect**: `live` – at once; `start` – when the operator starts; `deploy` – at the next deployment; `mixed` – partly each.',
    '**Values**: durations `10 s`, `5 min`, `1 d` (without a unit: milliseconds; ISO-8601 such as `PT5M` works, too); memory `2048m`, `2g` (powers of 1024); lists `a;b`; maps `k1:v1,k2:v2`; in `config.yaml` YAML lists and maps. `drey explain-config -f FILE` tells which layer set each key.',
    ...sections(operatorOptions),
    ...sections(dreyOptions, 'Upstream passes over these.'),
    ...sections(
      autoscalerOptions,
      'Each key also works with `kubernetes.operator.` in front, its older place; the key as it stands here wins.',
    ),
    ...sections(standaloneAutoscalerOptions, 'A process of its own; the operator does not read these.'),
    ...flinkSection(),
  ].join('\n\n') + '\n'

const sections = (options: readonly Option[], note?: string): string[] =>
  [...new Set(options.map(({ section }) => section))].flatMap((section) => {
    const own = options.filter((option) => option.section === section)
    return [`## ${section}`, ...(note === undefined ? [] : [note]), optionTable(own)]
  })

const optionTable = (options: readonly Option[]): string =>
  table(
    ['Key', 'Type', 'Default', 'Scope', 'Takes effect', 'Meaning'],
    options.map((option) => [
      `${code(option.key)}${oldNames(option)}`,
      typeOf(option),
      defaultOf(option),
      scopes[option.scope],
      option.dynamic,
      option.deprecated ? `Deprecated. ${option.sentence}` : option.sentence,
    ]),
  )

const flinkSection = (): string[] => [
  '## Keys of Flink',
  'Only those that the operator reads or writes; every other key of Flink is passed on as it is. An older name is the one that earlier Flink versions know.',
  table(
    ['Key', 'Since', 'Older names', 'Type', 'Default', 'Meaning'],
    flinkOptions.map((option) => [
      code(option.key),
      option.since?.replace('v', '').replace('_', '.') ?? '',
      option.deprecatedKeys.map(code).join(', '),
      typeOf(option),
      defaultOf(option),
      option.sentence,
    ]),
  ),
]

const scopes: Record<Scope, string> = {
  operator: 'operator',
  namespace: 'namespace',
  resource: 'resource',
  'blue-green': 'blue-green',
  standalone: '–',
  flink: 'resource',
}

const code = (text: string): string => `\`${text}\``
const oldNames = ({ deprecatedKeys }: Option): string =>
  deprecatedKeys.length === 0 ? '' : ` (old: ${deprecatedKeys.map(code).join(', ')})`
const typeOf = ({ codec }: Option): string =>
  codec.type === 'Enum' ? (codec.choices ?? []).map(code).join(', ') : codec.type
const defaultOf = (option: Option): string => {
  if (option.defaultText !== undefined) return code(option.defaultText)
  if (option.default === undefined) return 'none'
  const text = option.codec.print(option.default)
  return text === '' ? 'empty' : option.default === Number.MAX_SAFE_INTEGER ? 'no bound' : code(text)
}
