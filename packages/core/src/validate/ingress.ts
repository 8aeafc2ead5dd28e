/** The template of an Ingress: host and path with `{{name}}` and `{{namespace}}`, perhaps with a scheme and a port in front. */
import type { Named } from './subject.ts'
import { error, type Problem } from './problem.ts'

/** Rules D8 and D9. What Java takes for a URL passes; in practice only a bad port or bracket does not. */
export const ingressProblem = (template: string | undefined, { name, namespace }: Named): Problem | undefined => {
  if (template === undefined)
    return error(
      'spec.ingress.template',
      'INGRESS_TEMPLATE_MISSING',
      'The Ingress template must be defined.',
      'Set it to a host and path, such as {{name}}.{{namespace}}.example.com.',
    )
  const filled = template
    .replaceAll(/\{\{name\}\}/gi, () => name)
    .replaceAll(/\{\{namespace\}\}/gi, () => namespace ?? 'default')
  const authority =
    filled
      .replace(/^https?:\/\//i, '')
      .split('#', 1)[0]
      ?.split(/[/?]/, 1)[0] ?? ''
  const why = authorityProblem(authority)
  return why === undefined
    ? undefined
    : error(
        'spec.ingress.template',
        'INGRESS_TEMPLATE_INVALID',
        `Unable to process the Ingress template "${template}": ${why}.`,
        'Write a host and path, such as {{name}}.{{namespace}}.example.com.',
      )
}

const authorityProblem = (authority: string): string | undefined => {
  const hostAndPort = authority.slice(authority.indexOf('@') + 1)
  if (hostAndPort.startsWith('[')) {
    const end = hostAndPort.indexOf(']')
    if (end < 0) return 'the bracket of the address is not closed'
    const rest = hostAndPort.slice(end + 1)
    return rest === '' ? undefined : rest.startsWith(':') ? portProblem(rest.slice(1)) : 'something follows the address'
  }
  const colon = hostAndPort.indexOf(':')
  return colon < 0 ? undefined : portProblem(hostAndPort.slice(colon + 1))
}

const portProblem = (text: string): string | undefined => {
  if (text === '') return undefined
  const port = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  return port >= -1 && port < 2 ** 31 ? undefined : `"${text}" is not a port`
}
