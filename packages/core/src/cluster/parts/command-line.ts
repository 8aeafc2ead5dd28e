/** How the JobManager's container is started. */
import type { Desired } from '../desired.ts'
import { booleanOf } from '../flink-config/read.ts'

/** Native entry points read everything from the configuration; standalone ones want the job on their command line. */
export const jobManagerCommand = (
  desired: Desired,
  main: Record<string, unknown>,
): { command: string[]; args: string[] } => {
  const { config, kind, modeFacts } = desired
  const command = [config['kubernetes.entry.path'] ?? '/docker-entrypoint.sh']
  if (desired.mode === 'native') {
    const entryArgs = config['kubernetes.jobmanager.entrypoint.args'] ?? ''
    return { command, args: ['bash', '-c', `kubernetes-jobmanager.sh ${modeFacts.target[kind]} ${entryArgs}`] }
  }
  // With HA each pod announces its own address; the kubelet expands $(_POD_IP_ADDRESS).
  const address = desired.haIsOn ? ['-D', 'jobmanager.rpc.address=$(_POD_IP_ADDRESS)'] : []
  if (kind === 'session') return { command, args: [...((main['args'] ?? []) as string[]), 'jobmanager', ...address] }
  const mainClass = config['$internal.application.main']
  const savepoint = config['execution.savepoint.path']
  return {
    command,
    args: [
      'standalone-job',
      ...(mainClass === undefined ? [] : ['--job-classname', mainClass]),
      ...(booleanOf(
        config,
        false,
        'execution.savepoint.ignore-unclaimed-state',
        'execution.state-recovery.ignore-unclaimed-state',
      )
        ? ['--allowNonRestoredState']
        : []),
      ...(savepoint === undefined ? [] : ['--fromSavepoint', savepoint]),
      ...address,
      ...desired.programArgs,
    ],
  }
}
