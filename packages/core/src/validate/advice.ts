/** Warnings about what a person would otherwise notice after minutes, or after losing state: paths, plug-ins, values Flink does not expand. */
import { options, readingOf, type FlinkConf, type FlinkDeploymentSpec } from '@drey/api'
import { keyPath } from './config-checks.ts'
import { entries, mainContainers, pods, statePaths, type StatePath } from './places.ts'
import { error, warning, type Check, type Problem } from './problem.ts'
import { references } from './references.ts'
import type { DeploymentSubject } from './subject.ts'

const { checkpointDirectory } = options.flink

export const advice: readonly Check<DeploymentSubject>[] = [
  { rule: 'W', check: (subject) => statePaths(subject).flatMap((at) => bucketProblem(at) ?? []) },
  { rule: 'W', check: (subject) => pluginProblem(subject) },
  { rule: 'W', check: (subject) => statePaths(subject).flatMap((at) => sharingProblem(at, subject.spec) ?? []) },
  { rule: 'W', check: ({ spec }) => hiddenJarProblem(spec) },
  { rule: 'W', check: (subject) => programProblem(subject) },
  references,
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
  mainContainers(spec.podTemplate, spec.jobManager?.podTemplate).some((container) =>
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

/** Standalone clusters get an empty volume there, so that Flink takes the job from its class path (upstream: UserLibMountDecorator). */
const hiddenJarProblem = (spec: FlinkDeploymentSpec): Problem | undefined =>
  spec.mode === 'standalone' &&
  /^local:\/+opt\/flink\/usrlib\//.test(spec.job?.jarURI ?? '') &&
  !mainContainers(spec.podTemplate, spec.jobManager?.podTemplate)
    .flatMap((container) => entries(container['volumeMounts']))
    .some(({ mountPath }) => typeof mountPath === 'string' && mountPath.startsWith('/opt/flink/usrlib'))
    ? warning(
        'spec.job.jarURI',
        'JAR_HIDDEN',
        'In standalone mode an empty volume is mounted over /opt/flink/usrlib, and hides a jar that is there in the image.',
        'Put the jar elsewhere in the image, such as /opt/flink/jobs, or mount a volume that holds it.',
      )
    : undefined

/** State belongs to operators by their ids: those of another program are not found in it, and Flink refuses to start. */
const programProblem = ({ spec, before }: DeploymentSubject): Problem | undefined => {
  const [old, wanted] = [programOf(before), programOf(spec)]
  const keepsState = wanted !== undefined && (spec.job?.upgradeMode ?? 'stateless') !== 'stateless'
  if (!keepsState || old === undefined || old.name === wanted.name || spec.job?.allowNonRestoredState === true)
    return undefined
  return warning(
    wanted.path,
    'OTHER_PROGRAM',
    `The job becomes another program (${old.name} → ${wanted.name}), which resumes from the state of the old one: Flink refuses to start if the state of an operator finds no owner.`,
    'Set spec.job.allowNonRestoredState: true to leave such state out or upgradeMode: stateless to start empty, or give the new program a name of its own.',
  )
}

/** The main class, or else the jar without its version. */
const programOf = (spec: FlinkDeploymentSpec | undefined): { name: string; path: string } | undefined => {
  const { entryClass, jarURI } = spec?.job ?? {}
  if (entryClass) return { name: entryClass, path: 'spec.job.entryClass' }
  const jar = jarURI?.split('/').at(-1)
  return jar ? { name: jar.replace(/[-_.]?\d[\w.-]*?(?=\.jar$|$)/, ''), path: 'spec.job.jarURI' } : undefined
}

/** The type of the volume that holds a directory: `emptyDir`, `persistentVolumeClaim` …; undefined for none. */
const volumeBehind = (directory: string, spec: FlinkDeploymentSpec): string | undefined => {
  const mount = mainContainers(spec.podTemplate, spec.jobManager?.podTemplate)
    .flatMap((container) => entries(container['volumeMounts']))
    .find(
      ({ mountPath }) =>
        typeof mountPath === 'string' && `${directory}/`.startsWith(`${mountPath.replace(/\/$/, '')}/`),
    )
  const volume = pods(spec.podTemplate, spec.jobManager?.podTemplate)
    .flatMap((pod) => entries(pod['volumes']))
    .find(({ name }) => mount !== undefined && name === mount['name'])
  // Without a source the API server makes it an emptyDir.
  return volume && (Object.keys(volume).find((key) => key !== 'name') ?? 'emptyDir')
}

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
