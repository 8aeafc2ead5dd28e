/** Warnings about what a person would otherwise notice after minutes, or after losing state: paths, plug-ins, values Flink does not expand. */
import { options, readingOf, type FlinkConf, type FlinkDeploymentSpec } from '@drey/api'
import { isJson, type Json } from '../spec/index.ts'
import { keyPath, originOf } from './config-checks.ts'
import { error, warning, type Check, type Problem } from './problem.ts'
import type { DeploymentSubject } from './subject.ts'

const { checkpointDirectory, savepointDirectory, haStorageDir, jobResultStorePath } = options.flink
const PATH_OPTIONS = [checkpointDirectory, savepointDirectory, haStorageDir, jobResultStorePath]

export const advice: readonly Check<DeploymentSubject>[] = [
  { rule: 'W', check: (subject) => statePaths(subject).flatMap((at) => bucketProblem(at) ?? []) },
  { rule: 'W', check: (subject) => pluginProblem(subject) },
  { rule: 'W', check: (subject) => statePaths(subject).flatMap((at) => sharingProblem(at, subject.spec) ?? []) },
  {
    rule: 'W',
    check: ({ layered }) =>
      [...layered].flatMap(([key, { layer, value }]) =>
        layer === 'resource' ? (expansionProblem(key, value) ?? []) : [],
      ),
  },
  { rule: 'W', check: ({ conf }) => [...conf.keys()].flatMap((key) => reporterProblem(key, conf) ?? []) },
  {
    rule: 'W',
    check: ({ spec, conf, layered }) => {
      const reading = readingOf(checkpointDirectory, conf)
      const isWanted = reading.found === 'value' && layered.get(reading.key)?.layer === 'resource'
      return spec.job && (spec.job.upgradeMode ?? 'stateless') === 'stateless' && isWanted
        ? warning(
            'spec.job.upgradeMode',
            'STATE_NOT_KEPT',
            'The job takes checkpoints, but with upgradeMode stateless every upgrade starts empty.',
            'Use upgradeMode: savepoint or last-state to keep its state.',
          )
        : undefined
    },
  },
]

interface StatePath {
  path: string
  /** what the path is called in sentences */
  name: string
  text: string
}

const statePaths = ({ spec, conf, layered }: DeploymentSubject): StatePath[] => {
  const configured = PATH_OPTIONS.flatMap((option): StatePath[] => {
    const reading = readingOf(option, conf)
    return reading.found === 'value'
      ? [{ path: keyPath(reading.key), name: `${reading.key}${originOf(layered, reading.key)}`, text: reading.text }]
      : []
  })
  const initial = spec.job?.initialSavepointPath
  return initial
    ? [...configured, { path: 'spec.job.initialSavepointPath', name: 'initialSavepointPath', text: initial }]
    : configured
}

/** `s3:///x` is what remains when a variable of a template was empty. */
const bucketProblem = ({ path, name, text }: StatePath): Problem | undefined =>
  /^(s3|s3a|s3p|s3n|gs|oss):\/\/(\/|$)/i.test(text.trim())
    ? error(
        path,
        'BUCKET_MISSING',
        `${name} is "${text}", which names no bucket.`,
        'Write the bucket after "://"; perhaps a variable was empty when the manifest was filled in.',
      )
    : undefined

const pluginProblem = (subject: DeploymentSubject): Problem | undefined => {
  const { spec, before } = subject
  const inS3 = statePaths(subject).find(({ text }) => /^s3[apn]?:\/\/[^/]/i.test(text.trim()))
  const isOfficial = /^(docker\.io\/|[^/]*\/library\/)?((apache\/)?flink)(:|@|$)/.test(spec.image ?? '')
  if (inS3 === undefined || enablesPlugins(spec)) return undefined
  // An image of the user's own may bring the plug-in; whether it does is asked once, when state moves to S3.
  const movesToS3 = before?.job !== undefined && !JSON.stringify(before.flinkConfiguration ?? {}).includes('s3')
  if (!isOfficial && !movesToS3) return undefined
  return warning(
    inS3.path,
    'S3_PLUGIN_MISSING',
    `${inS3.name} is in S3, and nothing in the manifest enables the S3 plug-in of the image ${spec.image}.`,
    'Set the environment variable ENABLE_BUILT_IN_PLUGINS: flink-s3-fs-presto-<Flink version>.jar on flink-main-container in spec.podTemplate, or use an image that has the plug-in.',
  )
}

const enablesPlugins = (spec: FlinkDeploymentSpec): boolean =>
  mainContainers(spec).some((container) =>
    entries(container['env']).some(({ name }) => name === 'ENABLE_BUILT_IN_PLUGINS'),
  )

/** A `file:` path survives a pod only on a volume that all pods of the job see. */
const sharingProblem = ({ path, name, text }: StatePath, spec: FlinkDeploymentSpec): Problem | undefined => {
  const directory = /^file:(?:\/\/)?(\/[^/].*)$/.exec(text.trim())?.[1]
  if (directory === undefined || path === 'spec.job.initialSavepointPath') return undefined
  const kind = volumeBehind(directory, spec)
  if (kind !== undefined && kind !== 'emptyDir') return undefined
  return warning(
    path,
    'STATE_NOT_SHARED',
    `${name} is ${kind === undefined ? 'in the container’s own file system' : 'on an emptyDir'}, which JobManager and TaskManagers do not share and which goes with the pod.`,
    'Use an object store, or a volume that all pods share (persistentVolumeClaim with ReadWriteMany, nfs).',
  )
}

/** The type of the volume that holds a directory: `emptyDir`, `persistentVolumeClaim` …; undefined for none. */
const volumeBehind = (directory: string, spec: FlinkDeploymentSpec): string | undefined => {
  const mount = mainContainers(spec)
    .flatMap((container) => entries(container['volumeMounts']))
    .find(
      ({ mountPath }) =>
        typeof mountPath === 'string' && `${directory}/`.startsWith(`${mountPath.replace(/\/$/, '')}/`),
    )
  const volume = pods(spec)
    .flatMap((pod) => entries(pod['volumes']))
    .find(({ name }) => mount !== undefined && name === mount['name'])
  // Without a source the API server makes it an emptyDir.
  return volume && (Object.keys(volume).find((key) => key !== 'name') ?? 'emptyDir')
}

/** The pod specs that the JobManager is made of. */
const pods = ({ podTemplate, jobManager }: FlinkDeploymentSpec): Json[] =>
  [podTemplate, jobManager?.podTemplate].map((template): Json =>
    isJson(template?.spec) ? (template.spec as Json) : {},
  )

const mainContainers = (spec: FlinkDeploymentSpec): Json[] =>
  pods(spec)
    .flatMap((pod) => entries(pod['containers']))
    .filter(({ name }) => name === 'flink-main-container')

const entries = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : [])

const expansionProblem = (key: string, value: string): Problem | undefined =>
  /\$\{\w+\}|\$\(\w+\)/.test(value) && !key.startsWith('env.java.')
    ? warning(
        keyPath(key),
        'VALUE_NOT_EXPANDED',
        `Flink in a pod takes "${'${…}'}" in ${key} literally.`,
        'Give the value itself, or let the environment say it: for S3 the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from a Secret in spec.podTemplate.',
      )
    : undefined

const reporterProblem = (key: string, conf: FlinkConf): Problem | undefined => {
  const name = /^metrics\.reporter\.([^.]+)\.class$/.exec(key)?.[1]
  return name === undefined || conf.has(`metrics.reporter.${name}.factory.class`)
    ? undefined
    : warning(
        keyPath(key),
        'REPORTER_CLASS',
        `${key} starts no reporter: reporters are plug-ins now.`,
        `Set metrics.reporter.${name}.factory.class, such as org.apache.flink.metrics.prometheus.PrometheusReporterFactory.`,
      )
}
