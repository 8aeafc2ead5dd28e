/** `format.dns1123Label().validate(name)`: an optional list of what is wrong; none when nothing is. */
import { hasFormat } from '../../formats.ts'
import { matchesPattern } from '../../pattern.ts'
import { isCustom, none, some, type Value } from '../value.ts'
import { custom, text, type Fn, type Methods } from './args.ts'

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = `${label}(\\.${label})*`
const qualified = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])'

const by =
  (pattern: string, most: number, what: string) =>
  (value: string): string[] => [
    ...(value.length > most ? [`must be no more than ${most} characters`] : []),
    ...(matchesPattern(`^(${pattern})$`, value) ? [] : [what]),
  ]

const prefixed = (value: string): string => value.replace(/-$/, 'a')
const dnsLabel = by(
  label,
  63,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
)
const dnsSubdomain = by(
  subdomain,
  253,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
)
const dns1035 = by(
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  63,
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
)
const bySchema = (format: string, what: string) => (value: string) => (hasFormat(format, value) ? [] : [what])

const formats: Record<string, (value: string) => string[]> = {
  dns1123Label: dnsLabel,
  dns1123LabelPrefix: (value) => dnsLabel(prefixed(value)),
  dns1123Subdomain: dnsSubdomain,
  dns1123SubdomainPrefix: (value) => dnsSubdomain(prefixed(value)),
  dns1035Label: dns1035,
  dns1035LabelPrefix: (value) => dns1035(prefixed(value)),
  qualifiedName: by(
    `(${subdomain}/)?${qualified}`,
    317,
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ),
  labelValue: by(
    `${qualified}?`,
    63,
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ),
  uri: bySchema('uri', 'invalid URI'),
  uuid: bySchema('uuid', 'does not match the UUID format'),
  byte: bySchema('byte', 'invalid base64'),
  date: bySchema('date', 'invalid date'),
  datetime: bySchema('datetime', 'invalid datetime'),
}

const named = (name: string): Value => ({ is: 'format', of: name })

export const formatFunctions: Record<string, Fn> = {
  'format.named': (name) => (Object.hasOwn(formats, text(name)) ? some(named(text(name))) : none),
  ...Object.fromEntries(Object.keys(formats).map((name) => [`format.${name}`, () => named(name)])),
}

export const formatMethods: Methods = {
  on: (value) => isCustom(value, 'format'),
  methods: {
    validate: (format, value) => {
      const problems = formats[custom(format, 'format') as string]!(text(value))
      return problems.length === 0 ? none : some(problems)
    },
  },
}
