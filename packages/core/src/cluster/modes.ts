/** Everything in which a native and a standalone cluster differ, in one table. `render` reads it; nothing else asks for the mode. */

export type Mode = 'native' | 'standalone'

export interface ModeFacts {
  /** the `type` label of every object; HA ConfigMaps carry the native one in both modes, because Flink itself writes them */
  typeLabel: string
  /** `execution.target`, by the kind of the cluster */
  target: Record<'application' | 'session', string>
  /** who starts TaskManagers: the JobManager by asking for pods, or we by a Deployment */
  taskManagers: 'pods of the JobManager' | 'a Deployment'
  /** the internal Service exists also with HA, where nobody needs it */
  internalServiceWithHa: boolean
  /** where the job's jar is named; standalone clusters load user code from a class path URL */
  jarKey: 'pipeline.jars' | 'pipeline.classpaths'
  /** settings that Flink's Kubernetes client adds for its own entry points */
  hasDescriptorKeys: boolean
}

export const modes: Record<Mode, ModeFacts> = {
  native: {
    typeLabel: 'flink-native-kubernetes',
    target: { application: 'kubernetes-application', session: 'kubernetes-session' },
    taskManagers: 'pods of the JobManager',
    internalServiceWithHa: false,
    jarKey: 'pipeline.jars',
    hasDescriptorKeys: true,
  },
  standalone: {
    typeLabel: 'flink-standalone-kubernetes',
    target: { application: 'remote', session: 'remote' },
    taskManagers: 'a Deployment',
    internalServiceWithHa: true,
    jarKey: 'pipeline.classpaths',
    hasDescriptorKeys: false,
  },
}

export const modeOf = (spec: { mode?: string | null | undefined }): Mode =>
  spec.mode === 'standalone' ? 'standalone' : 'native'
