/** From `podTemplate` sections to one template per role: merged, with extra resources and the JobManager's startup probe. */
import type { ClusterSpec, Container, PodTemplate, Settings } from '../input.ts'
import { isEmpty } from '../flink-config/job-layers.ts'
import { booleanOf } from '../flink-config/read.ts'

export const mainContainerName = 'flink-main-container'

/** The template of the JobManager pod. */
export const jobManagerTemplate = (spec: ClusterSpec, config: Settings): PodTemplate => {
  const merged = withExtraResources(roleTemplate(spec, config, spec.jobManager), spec.jobManager) ?? {}
  return booleanOf(config, true, 'kubernetes.operator.jm-deployment.startup.probe.enabled')
    ? withStartupProbe(merged)
    : merged
}

/** The template of TaskManager pods; undefined when nobody wrote one and no extra resource needs one. */
export const taskManagerTemplate = (spec: ClusterSpec, config: Settings): PodTemplate | undefined =>
  withExtraResources(roleTemplate(spec, config, spec.taskManager), spec.taskManager)

type Role = ClusterSpec['jobManager']

const roleTemplate = (spec: ClusterSpec, config: Settings, role: Role): PodTemplate | undefined => {
  const common = spec.podTemplate ?? undefined
  const own = role?.podTemplate ?? undefined
  if (!common || !own) return common ?? own
  return mergeTemplates(common, own, booleanOf(config, false, 'kubernetes.operator.pod-template.merge-arrays-by-name'))
}

/**
 * Upstream's deep merge of the role's template into the common one. Lists merge by position (a scalar at a position that
 * exists is kept from the common template), or by `name` where that is asked for and every element has one.
 */
export const mergeTemplates = <T>(common: T, own: T, byName: boolean): T => merge(common, own, byName) as T

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const merge = (common: unknown, own: unknown, byName: boolean): unknown => {
  if (isObject(common) && isObject(own))
    return Object.fromEntries(
      [...new Set([...Object.keys(common), ...Object.keys(own)])].map((key) => [
        key,
        Object.hasOwn(own, key) && own[key] !== undefined
          ? isContainer(common[key]) && isContainer(own[key])
            ? merge(common[key], own[key], byName)
            : own[key]
          : common[key],
      ]),
    )
  if (Array.isArray(common) && Array.isArray(own))
    return byName && allNamed(common) && allNamed(own) ? byNames(common, own) : byPosition(common, own, byName)
  return own
}

const isContainer = (value: unknown): boolean => typeof value === 'object' && value !== null

const allNamed = (list: unknown[]): list is Record<string, unknown>[] =>
  list.every((item) => isObject(item) && typeof item['name'] === 'string')

const byNames = (common: Record<string, unknown>[], own: Record<string, unknown>[]): unknown[] => {
  const ownByName = new Map(own.map((item) => [item['name'], item]))
  const known = new Set(common.map((item) => item['name']))
  return [
    ...common.map((item) => (ownByName.has(item['name']) ? merge(item, ownByName.get(item['name']), true) : item)),
    ...own.filter((item) => !known.has(item['name'])),
  ]
}

const byPosition = (common: unknown[], own: unknown[], byName: boolean): unknown[] => [
  ...common.map((item, i) =>
    i < own.length && isContainer(item) && isContainer(own[i]) ? merge(item, own[i], byName) : item,
  ),
  ...own.slice(common.length),
]

/** Resources that Flink has no option for (ephemeral storage, devices) can only travel in the template. */
const withExtraResources = (template: PodTemplate | undefined, role: Role): PodTemplate | undefined => {
  const storage = role?.resource?.ephemeralStorage
  const required = isEmpty(role?.resources) ? undefined : role!.resources!
  const requests = required ? extrasOf(required.requests) : storage ? { 'ephemeral-storage': storage } : {}
  const limits = required ? extrasOf(required.limits) : storage ? { 'ephemeral-storage': storage } : {}
  if (Object.keys(requests).length + Object.keys(limits).length === 0) return template
  return changeMain(template ?? {}, (main) => {
    const own = (main['resources'] ?? {}) as Record<string, Record<string, unknown>>
    return {
      ...main,
      resources: {
        ...own,
        ...(Object.keys(requests).length > 0 ? { requests: { ...own['requests'], ...requests } } : {}),
        ...(Object.keys(limits).length > 0 ? { limits: { ...own['limits'], ...limits } } : {}),
      },
    }
  })
}

const extrasOf = (quantities: Record<string, string | number> | null | undefined): Record<string, string | number> =>
  Object.fromEntries(Object.entries(quantities ?? {}).filter(([name]) => name !== 'cpu' && name !== 'memory'))

/** Ready means: the REST server answers. Without limit, because a slow restore is not a failure. */
const withStartupProbe = (template: PodTemplate): PodTemplate =>
  changeMain(template, (main) =>
    main['startupProbe']
      ? main
      : {
          ...main,
          startupProbe: { httpGet: { path: '/config', port: 'rest' }, periodSeconds: 1, failureThreshold: 2147483647 },
        },
  )

const changeMain = (template: PodTemplate, change: (main: Container) => Container): PodTemplate => {
  const containers = template.spec?.containers ?? []
  const at = containers.findIndex((container) => container?.name === mainContainerName)
  const changed =
    at < 0
      ? [...containers, change({ name: mainContainerName })]
      : containers.map((container, i) => (i === at ? change(container) : container))
  return { ...template, spec: { ...template.spec, containers: changed } }
}
