/** Which directories the pods of a spec have on a volume. */
import type { FlinkDeploymentSpec } from '@drey/api'

/** A `file:` directory, or a path without scheme, that lies on a volume of the JobManager. */
export const isMounted = (directory: string, spec: FlinkDeploymentSpec): boolean => {
  const path = `${directory.replace(/^file:(?:\/\/)?/i, '')}/`
  return mountPaths(spec).some((mountPath) => path.startsWith(`${mountPath.replace(/\/$/, '')}/`))
}

export const isFilePath = (path: string): boolean => /^(?:file:|\/)/i.test(path)

const mountPaths = ({ podTemplate, jobManager }: FlinkDeploymentSpec): string[] =>
  [podTemplate, jobManager?.podTemplate]
    .flatMap((template) => listIn(template?.spec, 'containers'))
    .filter(({ name }) => name === 'flink-main-container')
    .flatMap((container) => listIn(container, 'volumeMounts'))
    .flatMap((mount) => (typeof mount['mountPath'] === 'string' ? [mount['mountPath']] : []))

const listIn = (object: unknown, field: string): Record<string, unknown>[] => {
  const list = (object as Record<string, unknown> | null | undefined)?.[field]
  return Array.isArray(list) ? list.filter((one) => typeof one === 'object' && one !== null) : []
}
