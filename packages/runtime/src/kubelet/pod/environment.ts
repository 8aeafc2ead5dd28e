/** The environment of a container from its spec: `env`, `envFrom`, `valueFrom`, and `$(NAME)` in values and commands. */
import type { Container, EnvVar } from 'kubernetes-types/core/v1.d.ts'
import type { Pod } from '../../kinds/types.ts'
import { fieldOf, resourceOf, type NodeFacts } from './fields.ts'

/** Data of the ConfigMaps and Secrets the container refers to, by `ConfigMap/name` and `Secret/name`; undefined: missing. */
export type ReferencedData = ReadonlyMap<string, Readonly<Record<string, string>> | undefined>

export interface EnvironmentInput {
  pod: Pod
  container: Container
  node: NodeFacts
  podIp: string
  /** what the container starts from; the spec's own variables win */
  base: Readonly<Record<string, string>>
  /** `ORDERS_SERVICE_HOST` … */
  services: Readonly<Record<string, string>>
  data: ReferencedData
}

/** Thrown when a reference that is not optional is missing: the container waits in CreateContainerConfigError. */
export class ConfigError extends Error {}

export const environmentOf = (input: EnvironmentInput): Record<string, string> => {
  const { container, data, services } = input
  const env: Record<string, string> = { ...input.base, ...services }
  for (const { configMapRef, secretRef, prefix = '' } of container.envFrom ?? []) {
    const ref = configMapRef ?? secretRef
    if (!ref?.name) continue
    const kind = configMapRef ? 'ConfigMap' : 'Secret'
    const found = data.get(`${kind}/${ref.name}`)
    if (!found && !ref.optional) throw new ConfigError(`${kind.toLowerCase()} "${ref.name}" not found`)
    for (const [key, value] of Object.entries(found ?? {})) env[prefix + key] = value
  }
  for (const variable of container.env ?? []) {
    const value = valueOf(variable, input, env)
    if (value !== undefined) env[variable.name] = value
  }
  return env
}

const valueOf = (variable: EnvVar, input: EnvironmentInput, sofar: Record<string, string>): string | undefined => {
  const { valueFrom } = variable
  if (!valueFrom) return expand(variable.value ?? '', sofar)
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom
  if (fieldRef) return fieldOf(input.pod, fieldRef.fieldPath, input.node, input.podIp) ?? ''
  if (resourceFieldRef) return resourceOf(input.pod, input.container, resourceFieldRef, input.node)
  const ref = configMapKeyRef ?? secretKeyRef
  if (!ref?.name) return ''
  const kind = configMapKeyRef ? 'ConfigMap' : 'Secret'
  const found = input.data.get(`${kind}/${ref.name}`)
  const value = found?.[ref.key]
  if (value !== undefined) return value
  if (ref.optional) return undefined
  throw new ConfigError(
    found
      ? `couldn't find key ${ref.key} in ${kind} ${input.pod.metadata.namespace}/${ref.name}`
      : `${kind.toLowerCase()} "${ref.name}" not found`,
  )
}

/** Replaces `$(NAME)` by its value; `$$` is one dollar sign, unknown names stay as written (Kubernetes' rules). */
export const expand = (text: string, env: Readonly<Record<string, string>>): string =>
  text.replace(/\$(?:\$|\(([^()]+)\))/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (env[name] ?? whole),
  )

/** Which ConfigMaps and Secrets a container's environment needs: `ConfigMap/name`, `Secret/name`. */
export const referencesOf = (container: Container): string[] => [
  ...new Set([
    ...(container.envFrom ?? []).flatMap(({ configMapRef, secretRef }) => [
      ...(configMapRef?.name ? [`ConfigMap/${configMapRef.name}`] : []),
      ...(secretRef?.name ? [`Secret/${secretRef.name}`] : []),
    ]),
    ...(container.env ?? []).flatMap(({ valueFrom }) => [
      ...(valueFrom?.configMapKeyRef?.name ? [`ConfigMap/${valueFrom.configMapKeyRef.name}`] : []),
      ...(valueFrom?.secretKeyRef?.name ? [`Secret/${valueFrom.secretKeyRef.name}`] : []),
    ]),
  ]),
]
