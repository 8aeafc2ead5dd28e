/** Which addresses a jar of a session job must not come from, by the operator's configuration and by where it runs. */
import { options, read } from '@drey/api'
import { isRestrictedHost, operatorValues, type OperatorConfig } from '@drey/core'

export const refusesHosts = (config: OperatorConfig, loopbackJars: boolean) => {
  const restricts = read(options.artifacts.artifactsDisallowRestrictedHosts, operatorValues(config))
  return (_host: string, address: string): boolean =>
    restricts && isRestrictedHost(address) && !(loopbackJars && (address.startsWith('127.') || address === '::1'))
}
