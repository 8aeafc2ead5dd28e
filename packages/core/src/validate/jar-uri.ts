/** Where the jar of a session job may come from (S4): an allowed scheme, and nothing inside the operator's own network. */
import { options, read, type FlinkConf } from '@drey/api'
import { isRestricted, parseAddress } from './address.ts'
import type { ValidationContext } from './context.ts'
import { error, type Problem } from './problem.ts'
import { parseUri } from './uri.ts'

const PATH = 'spec.job.jarURI'

/** The host whose address has to be known before this URI can be judged; undefined when none has. For shells that resolve ahead. */
export const hostToResolve = (jarUri: unknown): string | undefined => {
  const uri = typeof jarUri === 'string' ? parseUri(jarUri) : undefined
  if (!uri?.ok || !isWeb(uri.value.scheme) || uri.value.host === undefined) return undefined
  const { host } = uri.value
  return parseAddress(host) || isLocalhost(host) || neverResolves(host) ? undefined : host
}

export const jarProblem = (
  jarUri: string,
  operatorConf: FlinkConf,
  addressOf: ValidationContext['addressOf'],
  loopbackJars = false,
): Problem | undefined => {
  const { artifactsAllowedSchemes, artifactsDisallowRestrictedHosts } = options.artifacts
  const uri = parseUri(jarUri)
  if (!uri.ok)
    return error(
      PATH,
      'JAR_URI_INVALID',
      `jarURI is not a valid URI: ${uri.why}.`,
      'Write a URI such as https://repo.example.com/job.jar.',
    )
  const { scheme, host } = uri.value
  if (scheme === undefined)
    return error(
      PATH,
      'JAR_SCHEME_MISSING',
      'jarURI must include a scheme.',
      'Write a URI such as https://repo.example.com/job.jar.',
    )
  if (loopbackJars && isWeb(scheme) && host !== undefined && isLoopback(host)) return undefined
  const allowed = read(artifactsAllowedSchemes, operatorConf)
  if (!allowed.some((one) => one.toLowerCase() === scheme.toLowerCase()))
    return error(
      PATH,
      'JAR_SCHEME_REFUSED',
      `jarURI scheme "${scheme}" is not in the allowlist [${allowed.join(', ')}].`,
      `Use an allowed scheme, or have ${artifactsAllowedSchemes.key} extended in the operator's configuration.`,
    )
  if (!isWeb(scheme) || !read(artifactsDisallowRestrictedHosts, operatorConf)) return undefined
  if (host === undefined)
    return error(
      PATH,
      'JAR_HOST_MISSING',
      'jarURI must include a host for http and https.',
      'Write a URI such as https://repo.example.com/job.jar.',
    )
  return hostProblem(host, addressOf)
}

/** Whether an address, as text, is one that a jar must not come from: loopback, private, link-local and their like. */
export const isRestrictedHost = (address: string): boolean => {
  const parsed = parseAddress(address)
  return parsed === undefined || isRestricted(parsed)
}

const hostProblem = (host: string, addressOf: ValidationContext['addressOf']): Problem | undefined => {
  let address = isLocalhost(host) ? [127, 0, 0, 1] : parseAddress(host)
  if (address === undefined) {
    if (addressOf === undefined && !neverResolves(host)) return undefined
    const resolved = neverResolves(host) ? undefined : addressOf?.(host)
    address = resolved === undefined ? undefined : parseAddress(resolved)
    if (address === undefined)
      return error(PATH, 'JAR_HOST_UNKNOWN', `jarURI host "${host}" cannot be resolved.`, 'Check the name of the host.')
  }
  return isRestricted(address)
    ? error(
        PATH,
        'JAR_HOST_RESTRICTED',
        `jarURI host "${host}" resolves to a restricted address.`,
        `Use a public host, or have ${options.artifacts.artifactsDisallowRestrictedHosts.key} turned off in the operator's configuration.`,
      )
    : undefined
}

const isWeb = (scheme: string | undefined): boolean => /^https?$/i.test(scheme ?? '')
const isLoopback = (host: string): boolean => isLocalhost(host) || parseAddress(host)?.[0] === 127 || host === '[::1]'
// Names that mean the same everywhere (RFC 6761).
const isLocalhost = (host: string): boolean => /^(.+\.)?localhost\.?$/i.test(host)
const neverResolves = (host: string): boolean => /\.invalid\.?$/i.test(host)
