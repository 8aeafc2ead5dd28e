/** What validation knows besides the resource itself. */
import type { OperatorConfig } from '../config/index.ts'

export interface ValidationContext {
  operator: OperatorConfig
  /** another resource by kind, namespace and name; absent when the world is not known at all (a file on a desk) */
  resource?: (kind: 'FlinkDeployment' | 'FlinkSessionJob', namespace: string | undefined, name: string) => unknown
  /** whoever answers for `resource` does not know everything: what is not found may exist nevertheless */
  partial?: boolean
  /**
   * The first address of a host name; undefined when it does not resolve. Absent when nobody may ask the network: names are not
   * judged then, addresses are.
   */
  addressOf?: (host: string) => string | undefined
  /** jars may come from this machine's loopback, over http or https: for homes, whose artifact servers are local */
  loopbackJars?: boolean
  /** an earlier version of the resource, taken as what was acted upon when the resource carries no status of its own */
  old?: unknown
}
