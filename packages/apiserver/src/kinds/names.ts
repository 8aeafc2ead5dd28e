/** Which names the API takes, and its sentences about those it does not. */

const subdomainBody = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'
const labelBody = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const serviceBody = '[a-z]([-a-z0-9]*[a-z0-9])?'
const qualifiedBody = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const whole = (body: string): RegExp => new RegExp(`^(?:${body})$`)
const subdomain = whole(subdomainBody)
const label = whole(labelBody)
const service = whole(serviceBody)
const qualified = whole(qualifiedBody)
const value = whole(`(${qualifiedBody})?`)
const configKey = whole('[-._a-zA-Z0-9]+')

const tooLong = (max: number): string => `must be no more than ${max} bytes`

/** Undefined when the text is fine, otherwise what is wrong. A generated name's prefix may end in `-`. */
export const notSubdomain = (text: string, prefix = false): string | undefined => {
  if (text.length > 253) return tooLong(253)
  return subdomain.test(prefix ? text.replace(/-$/, 'a') : text)
    ? undefined
    : `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomainBody}')`
}
export const notLabel = (text: string, prefix = false): string | undefined => {
  if (text.length > 63) return tooLong(63)
  return label.test(prefix ? text.replace(/-$/, 'a') : text)
    ? undefined
    : `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${labelBody}')`
}
export const notServiceName = (text: string, prefix = false): string | undefined => {
  if (text.length > 63) return tooLong(63)
  return service.test(prefix ? text.replace(/-$/, 'a') : text)
    ? undefined
    : `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${serviceBody}')`
}
/** Names that are only path segments: roles, bindings. */
export const notPathSegment = (text: string): string | undefined => {
  if (text === '.' || text === '..') return `may not be '${text}'`
  const bad = ['/', '%'].find((one) => text.includes(one))
  return bad ? `may not contain '${bad}'` : undefined
}
export const anyName = (): undefined => undefined

/** Label and annotation keys: an optional DNS prefix and a name. */
export const notQualifiedName = (text: string): string | undefined => {
  const parts = text.split('/')
  const name = parts.at(-1)!
  if (parts.length > 2)
    return `a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedBody}') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`
  if (parts.length === 2) {
    if (!parts[0]) return 'prefix part must be non-empty'
    const wrong = notSubdomain(parts[0])
    if (wrong) return `prefix part ${wrong}`
  }
  if (!name) return 'name part must be non-empty'
  if (name.length > 63) return `name part ${tooLong(63)}`
  return qualified.test(name)
    ? undefined
    : `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedBody}')`
}
export const notLabelValue = (text: string): string | undefined => {
  if (text.length > 63) return tooLong(63)
  return value.test(text)
    ? undefined
    : `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${qualifiedBody})?')`
}
export const notConfigKey = (text: string): string | undefined => {
  if (text.length > 253) return tooLong(253)
  if (text === '.' || text === '..') return `must not be '${text}'`
  return configKey.test(text)
    ? undefined
    : `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`
}
