/**
 * Settings by which a resource could make the operator read files of its own disk. Upstream's embedded Flink client honours
 * them; we refuse them in a resource and name the way that needs no such file. (Intended difference from upstream.)
 */
import { flattenConfiguration } from '@drey/api'
import type { RenderInput } from './input.ts'
import { refuse } from './problem.ts'

const REFUSED: readonly [key: RegExp, why: string, fix: string][] = [
  [
    /^kubernetes\.config\.file$/,
    'would choose which credentials the operator uses',
    'Remove it; the cluster the operator runs for is set by whoever runs the operator.',
  ],
  [
    /^kubernetes\.pod-template-file(\..+)?$/,
    "names a file on the operator's disk",
    'Write the template into spec.podTemplate, spec.jobManager.podTemplate or spec.taskManager.podTemplate.',
  ],
  [
    /^\$internal\.deployment\.config-dir$/,
    "names a directory on the operator's disk",
    'Write the log files into spec.logConfiguration.',
  ],
]

export const refuseLocalFiles = (input: RenderInput): void => {
  const written = flattenConfiguration(input.resource.spec.flinkConfiguration).keys()
  for (const key of written)
    for (const [pattern, why, fix] of REFUSED)
      if (pattern.test(key)) refuse('LOCAL_FILE_REFUSED', `spec.flinkConfiguration may not set ${key}: it ${why}.`, fix)
  refuseUnmounted(input, 'security.kerberos.login.keytab', 'keytab')
  refuseUnmounted(input, 'security.kerberos.krb5-conf.path', 'krb5.conf')
}

/** Kerberos files must be inside the pod: by a Secret that the template or `kubernetes.secrets` mounts. */
const refuseUnmounted = (input: RenderInput, key: string, what: string): void => {
  const path = input.config[key]
  if (
    path === undefined ||
    path === '' ||
    mountPaths(input).some((mount) => path === mount || path.startsWith(`${mount.replace(/\/$/, '')}/`))
  )
    return
  refuse(
    'LOCAL_FILE_REFUSED',
    `${key} is "${path}", where nothing is mounted; the operator does not copy files of its own disk into clusters.`,
    `Put the ${what} into a Secret and mount it there, with kubernetes.secrets: <secret>:${path.replace(/\/[^/]*$/, '') || '/'} or in spec.podTemplate.`,
  )
}

const mountPaths = ({ resource: { spec }, config }: RenderInput): string[] => [
  ...[spec.podTemplate, spec.jobManager?.podTemplate].flatMap((template) =>
    (template?.spec?.containers ?? []).flatMap((container) =>
      ((container['volumeMounts'] ?? []) as { mountPath?: string }[]).flatMap((mount) => mount.mountPath ?? []),
    ),
  ),
  ...(config['kubernetes.secrets'] ?? '')
    .split(',')
    .map((pair) => pair.slice(pair.indexOf(':') + 1).trim())
    .filter((path) => path.startsWith('/')),
]
