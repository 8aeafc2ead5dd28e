/** What the author of a spec should know though the cluster can be made: things that are ignored, or not as they look. */
import type { FlinkVersionFacts } from '@drey/api'
import { isSet } from './flink-config/read.ts'
import { isEmpty } from './flink-config/job-layers.ts'
import type { ClusterSpec, Settings } from './input.ts'

export const notesOn = (spec: ClusterSpec, config: Settings, version: FlinkVersionFacts): string[] => [
  ...(version.configFile === 'flink-conf.yaml' ? Object.entries(config).flatMap(flatFileNote) : []),
  ...hiddenResource('jobManager', spec),
  ...hiddenResource('taskManager', spec),
  ...Object.keys(spec.logConfiguration ?? {})
    .filter((file) => !['log4j-console.properties', 'logback-console.xml'].includes(file))
    .map(
      (file) =>
        `logConfiguration: ${file} is not used; Flink's containers read log4j-console.properties and logback-console.xml.`,
    ),
  ...missingImage(spec, config, version),
  ...unknownHaKey(config, version),
]

// Flink's reader cuts a line at the first '#', wherever it stands, and knows no continuation lines.
const flatFileNote = ([key, value]: [string, string]): string[] =>
  value.includes('#')
    ? [`Flink up to 1.20 reads the value of ${key} only up to its first "#".`]
    : value.includes('\n')
      ? [`Flink up to 1.20 reads only the first line of the value of ${key}.`]
      : []

const hiddenResource = (role: 'jobManager' | 'taskManager', spec: ClusterSpec): string[] =>
  spec[role]?.resource && !isEmpty(spec[role].resources)
    ? [`${role}.resource is ignored because ${role}.resources is set.`]
    : []

const missingImage = (spec: ClusterSpec, config: Settings, version: FlinkVersionFacts): string[] => {
  const named =
    isSet(config, 'kubernetes.container.image.ref', 'kubernetes.container.image') ||
    spec.podTemplate ||
    spec.jobManager?.podTemplate
  return named || version.name === 'v1_20' ? [] : [`No image is set: the default is Flink 1.20, not ${version.name}.`]
}

// Such an image runs without HA while everything about the deployment assumes it.
const unknownHaKey = (config: Settings, version: FlinkVersionFacts): string[] =>
  version.major === 1 &&
  version.minor < 17 &&
  isSet(config, 'high-availability.type') &&
  !isSet(config, 'high-availability')
    ? ['Flink before 1.17 does not know high-availability.type; set high-availability to the same value too.']
    : []
