/** What makes a cluster impossible though every single value can be read; found before anything is created. */
import type { RenderInput, Settings } from './input.ts'
import { haIsOn } from './flink-config/ha.ts'
import { doubleOf, intOf } from './flink-config/read.ts'
import { modeOf } from './modes.ts'
import { refuse } from './problem.ts'

/** `config`: with the layers of the spec and of the deployment. */
export const refuseUnrunnable = ({ resource: { metadata, spec } }: RenderInput, config: Settings): void => {
  refuseLongName(metadata.name)
  refuseStandbysWithoutHa(config)
  refuseLimitsBelowRequests(config)
  if (spec.job && modeOf(spec) === 'native') refuseMissingJar(config, spec.job.args ?? [])
}

/** Names of the objects are longer than the cluster's; Flink allows 45. */
const refuseLongName = (name: string): void => {
  if (name.length > 45)
    refuse(
      'NAME_TOO_LONG',
      `The name "${name}" has ${name.length} characters; a Flink cluster may have 45.`,
      'Choose a shorter metadata.name.',
    )
}

const refuseStandbysWithoutHa = (config: Settings): void => {
  const replicas = intOf(config, 1, 'kubernetes.jobmanager.replicas')
  if (replicas > 1 && !haIsOn(config))
    refuse(
      'HA_NEEDED_FOR_STANDBYS',
      'High availability should be enabled when starting standby JobManagers.',
      'Set high-availability.type: kubernetes and high-availability.storageDir, or jobManager.replicas: 1.',
    )
}

/** For native TaskManagers too, though it is the JobManager that would fail to start them, much later. */
const refuseLimitsBelowRequests = (config: Settings): void => {
  for (const role of ['jobmanager', 'taskmanager'])
    for (const what of ['cpu', 'memory']) {
      const key = `kubernetes.${role}.${what}.limit-factor`
      const factor = doubleOf(config, key) ?? 1
      if (factor < 1)
        refuse(
          'LIMIT_BELOW_REQUEST',
          `${key} is ${factor}; a limit below the request cannot be scheduled.`,
          `Set ${key} to at least 1.`,
        )
    }
}

const refuseMissingJar = (config: Settings, args: readonly string[]): void => {
  const python =
    /\.Python(Driver|GatewayServer)$/.test(config['$internal.application.main'] ?? '') ||
    args.some((arg) => PYTHON_ARGS.has(arg))
  if (config['pipeline.jars'] === undefined && !python)
    refuse(
      'JAR_MISSING',
      'A native application needs a jar: spec.job.jarURI is not set.',
      'Set spec.job.jarURI, for example local:///opt/flink/usrlib/job.jar.',
    )
}

const PYTHON_ARGS = new Set([
  '-py',
  '-pym',
  '-pyfs',
  '-pyarch',
  '-pyexec',
  '-pyclientexec',
  '-pyreq',
  '--python',
  '--pyModule',
])
