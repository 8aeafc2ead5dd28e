/**
 * `${NAME}` in flinkConfiguration. What a process can resolve at its start is resolved (config/environment.ts) and silent here; what
 * must fail is refused with the form that works; anything else is only told, because a job may well read its own keys itself.
 */
import { flattenConfiguration, type FlinkDeploymentSpec } from '@drey/api'
import { inHadoopsWords, isReadByHadoop, referencesIn } from '../config/index.ts'
import { keyPath } from './config-checks.ts'
import { entries, mainContainers, statePaths, type StatePath } from './places.ts'
import { error, warning, type Check, type Problem } from './problem.ts'
import type { DeploymentSubject } from './subject.ts'

export const references: Check<DeploymentSubject> = {
  rule: 'W',
  check: (subject) => {
    const { spec, before, layered } = subject
    const own = [...layered].flatMap(([key, { layer, value }]) =>
      layer === 'resource' ? (settingProblem(key, value, spec) ?? []) : [],
    )
    const paths = statePaths(subject)
      .filter(({ path }) => !path.startsWith(SETTING) || layered.get(path.slice(SETTING.length))?.layer === 'resource')
      .flatMap((at) => bucketProblem(at) ?? [])
    const asBefore = before === undefined ? () => false : heldBefore(before)
    return [...own.filter((one) => !paths.some(({ path }) => path === one.path)), ...paths].map((problem) =>
      problem.severity === 'error' && asBefore(problem) ? { ...problem, severity: 'warning' } : problem,
    )
  },
}

const SETTING = keyPath('')

const settingProblem = (key: string, value: string, spec: FlinkDeploymentSpec): Problem | undefined => {
  // Java's options pass through a shell, so do the arguments of the entry points.
  if (key.startsWith('env.java.') || /^kubernetes\.(job|task)manager\.entrypoint\.args$/.test(key)) return undefined
  if (isReadByHadoop(key)) return hadoopProblem(key, value, spec)
  return /\$\{\w+(:?-[^{}]*)?\}|\$\(\w+\)/.test(value)
    ? warning(
        keyPath(key),
        'VALUE_NOT_EXPANDED',
        `Flink in a pod takes "${'${…}'}" in ${key} literally.`,
        'Write the value itself; a template is filled in before it is applied, such as by envsubst.',
      )
    : undefined
}

const hadoopProblem = (key: string, value: string, spec: FlinkDeploymentSpec): Problem | undefined => {
  const inParentheses = /\$\((\w+)\)/.exec(value)?.[1]
  if (inParentheses !== undefined)
    return error(
      keyPath(key),
      'VALUE_NOT_EXPANDED',
      `Nothing replaces "$(${inParentheses})" in ${key}: the file system would get this very text.`,
      `Write ${'${'}${inParentheses}}, and name ${inParentheses} in env of flink-main-container in spec.podTemplate.`,
    )
  const named = referencesIn(value)
  if (named.length === 0) return undefined
  if (isOfNativePlugin(key, spec))
    return error(
      keyPath(key),
      'VALUE_NOT_EXPANDED',
      `The plug-in flink-s3-fs-native takes "${'${'}${named[0]!.name}}" in ${key} literally.`,
      /(access|secret)[.-]key$/.test(key)
        ? 'Leave the keys out of flinkConfiguration, and name AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, with valueFrom.secretKeyRef, in env of flink-main-container in spec.podTemplate.'
        : 'Write the value itself.',
    )
  const missing = named.flatMap(({ name, hasDefault }) => {
    const roles = hasDefault ? [] : rolesWithout(name, spec)
    return roles.length > 0 ? [{ name, roles }] : []
  })[0]
  return missing && variableMissing(key, missing)
}

const variableMissing = (key: string, { name, roles }: { name: string; roles: Role[] }): Problem => {
  const [only, both] = [roles[0]!, roles.length > 1]
  return error(
    keyPath(key),
    'ENV_VARIABLE_MISSING',
    `${key} refers to the environment variable ${name}, which ${both ? 'neither JobManager nor TaskManagers have' : `the ${only.words} not have`}: the file system would get the text itself.`,
    `Add {name: ${name}, valueFrom: {secretKeyRef: {name: SECRET, key: KEY}}} to env of flink-main-container in spec.podTemplate${both ? '' : ` or spec.${only.field}.podTemplate`}; if the image brings it, write ${inHadoopsWords(`${'${'}${name}}`)}.`,
  )
}

const isOfNativePlugin = (key: string, spec: FlinkDeploymentSpec): boolean =>
  /^s3a?\./.test(key) &&
  mainContainers(spec.podTemplate, spec.jobManager?.podTemplate, spec.taskManager?.podTemplate).some((container) =>
    entries(container['env']).some(
      ({ name, value }) =>
        name === 'ENABLE_BUILT_IN_PLUGINS' && typeof value === 'string' && value.includes('flink-s3-fs-native'),
    ),
  )

interface Role {
  field: 'jobManager' | 'taskManager'
  words: string
}
const ROLES: readonly Role[] = [
  { field: 'jobManager', words: 'JobManager does' },
  { field: 'taskManager', words: 'TaskManagers do' },
]

const rolesWithout = (name: string, spec: FlinkDeploymentSpec): Role[] =>
  ROLES.filter(
    ({ field }) =>
      !mainContainers(spec.podTemplate, spec[field]?.podTemplate).some(
        (container) =>
          entries(container['envFrom']).length > 0 || entries(container['env']).some((entry) => entry['name'] === name),
      ),
  )

/** In the path a reference makes an odd directory; in the place of the bucket nothing can start (`bucket is null/empty`). */
const bucketProblem = ({ path, name, text }: StatePath): Problem | undefined =>
  /^(s3|s3a|s3p|s3n|gs|oss|abfss?|wasbs?):\/\/[^/]*\$[{(]/i.test(text.trim())
    ? error(
        path,
        'VALUE_NOT_EXPANDED',
        `${name} is "${text}", and nothing fills in its bucket: Flink does not resolve variables.`,
        'Write the bucket itself; a template is filled in before it is applied: envsubst < FILE | kubectl apply -f -.',
      )
    : undefined

/** Whether the spec acted upon before had the same fault: an unrelated edit of such a resource is not refused. */
const heldBefore = (before: FlinkDeploymentSpec): ((problem: Problem) => boolean) => {
  const settings = flattenConfiguration(before.flinkConfiguration)
  return ({ path, code }) => {
    if (path === 'spec.job.initialSavepointPath') return before.job?.initialSavepointPath?.includes('$') ?? false
    const key = path.slice(SETTING.length)
    const value = settings.get(key)
    if (value === undefined) return false
    const held = isReadByHadoop(key)
      ? hadoopProblem(key, value, before)
      : bucketProblem({ path, name: key, text: value })
    return held?.code === code
  }
}
