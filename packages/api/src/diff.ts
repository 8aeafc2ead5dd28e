/** Spec changes: what a recorded spec and a wanted spec differ in, and what that asks of the running job. As upstream decides it. */
import { diff, type Change, type Diff, type DiffType, type StructuralSchema } from '@drey/schema'
import { flattenConfiguration } from './options/flatten.ts'
import { javaDouble } from './options/java-number.ts'
import type { FlinkBlueGreenDeploymentSpec } from './resources/flink-blue-green-deployment.ts'
import { flinkDeploymentSpec, type DeploymentMode, type FlinkDeploymentSpec } from './resources/flink-deployment.ts'
import { flinkSessionJobSpec, type FlinkSessionJobSpec } from './resources/flink-session-job.ts'
import { configurationWeights } from './shared/flink-configuration.ts'

/**
 * The left side is the recorded spec, the right side the wanted one; missing members mean their defaults. `mode` is the
 * deployment mode of the cluster. The changes come in the order in which upstream tells them.
 */
export const diffDeployment = (
  old: FlinkDeploymentSpec,
  now: FlinkDeploymentSpec,
  mode: DeploymentMode = now.mode ?? 'native',
): Diff => diffSpec(flinkDeploymentSpec, old, now, mode)

/** `mode` is that of the session cluster the job runs in. */
export const diffSessionJob = (old: FlinkSessionJobSpec, now: FlinkSessionJobSpec, mode: DeploymentMode): Diff =>
  diffSpec(flinkSessionJobSpec, old, now, mode)

export type BlueGreenChange = 'SUSPEND' | 'RESUME' | 'SAVEPOINT_REDEPLOY' | 'IGNORE' | 'PATCH_CHILD' | 'TRANSITION'

/** What a change of a blue/green parent asks for. Only the spec in the template counts; the mode is taken as native, as upstream. */
export const diffBlueGreen = (
  old: FlinkBlueGreenDeploymentSpec,
  now: FlinkBlueGreenDeploymentSpec,
): { change: BlueGreenChange; diff: Diff } => {
  const [before, after] = [old.template?.spec ?? {}, now.template?.spec ?? {}]
  const result = diffDeployment(before, after, 'native')
  const suspended = (spec: FlinkDeploymentSpec): boolean => spec.job?.state === 'suspended'
  const change = (): BlueGreenChange => {
    if (suspended(after) && !suspended(before)) return 'SUSPEND'
    if (suspended(before) && !suspended(after)) return 'RESUME'
    if (result.type === 'SAVEPOINT_REDEPLOY') return 'SAVEPOINT_REDEPLOY'
    if (result.changes.length === 0 && sameTexts(before, after)) return 'IGNORE'
    return result.type === 'IGNORE' ? 'PATCH_CHILD' : 'TRANSITION'
  }
  return { change: change(), diff: result }
}

/** The message of the `SpecChanged` event, in upstream's form. Values of keys that look secret are not shown. */
export const specChangedMessage = (kind: 'FlinkDeployment' | 'FlinkSessionJob', { type, changes }: Diff): string =>
  `${type} change(s) detected (Diff: ${kind}Spec[${changes
    .map((change) => `${change.path} : ${shown(change, change.old, change.new)} -> ${shown(change, change.new)}`)
    .join(', ')}]), starting reconciliation.`

/** Flink's own list of words that mark a key as secret. */
export const isSecretKey = (key: string): boolean => secretWords.some((word) => key.toLowerCase().includes(word))

const secretWords = [
  'password',
  'secret',
  'fs.azure.account.key',
  'apikey',
  'api-key',
  'auth-params',
  'service-key',
  'token',
  'basic-auth',
  'jaas.config',
  'http-headers',
]

const diffSpec = (schema: StructuralSchema, old: unknown, now: unknown, mode: DeploymentMode): Diff =>
  diff(schema, old, now, { mode, why: (type) => whys[type], entries: { 'flink-configuration': configuration } })

const configuration = {
  of: flattenConfiguration,
  weight: (key: string) =>
    configurationWeights.find(({ prefix }) => key.startsWith(prefix)) ?? { onChange: 'upgrade' as const },
}

const whys: Record<DiffType, string> = {
  IGNORE: 'It takes effect without touching the running job.',
  SCALE: 'The running job can be scaled in place; if that is not possible it is redeployed.',
  UPGRADE: 'It takes effect only with a new deployment.',
  SAVEPOINT_REDEPLOY: 'The job is started again from initialSavepointPath; its present state is given up.',
}

// Upstream compares the objects: another spelling of the same configuration is a difference that only patches the child.
const sameTexts = (one: FlinkDeploymentSpec, other: FlinkDeploymentSpec): boolean =>
  canonical(one.flinkConfiguration) === canonical(other.flinkConfiguration)

const canonical = (value: unknown): string =>
  JSON.stringify(value ?? {}, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )

const shown = (change: Change, value: unknown, counterpart: unknown = undefined): string => {
  if (value === null) return 'null'
  if (change.path.startsWith('flinkConfiguration.') && isSecretKey(change.path)) return '******'
  // A value that disappears and has no text of its own is abbreviated.
  if (counterpart === null && (typeof value === 'object' || value === '')) return '{..}'
  if (typeof value === 'object') return JSON.stringify(value)
  if (typeof value === 'number' && change.path.endsWith('.resource.cpu')) return javaDouble(value)
  return value === '' ? '""' : String(value)
}
