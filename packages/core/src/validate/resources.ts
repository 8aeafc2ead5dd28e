/** Rules about memory, CPU and other resources of JobManager and TaskManagers (D18 to D20, D23 to D25, Q1 to Q7). */
import type { FlinkDeploymentSpec, Parsed } from '@drey/api'
import { attempt } from '../cluster/problem.ts'
import { jobManagerMemory } from '../cluster/memory/job-manager.ts'
import { taskManagerMemory } from '../cluster/memory/task-manager.ts'
import { isJson } from '../spec/index.ts'
import type { Configured } from './config-checks.ts'
import { numberOf, parseComponentMemory, parseQuantity, signOf } from '../quantity.ts'
import { error, warning, type Check, type Problem } from './problem.ts'

export type ComponentName = 'jobManager' | 'taskManager'
type Component = FlinkDeploymentSpec['jobManager'] | FlinkDeploymentSpec['taskManager']
type Subject = Configured & { spec: FlinkDeploymentSpec }

/** The checks of one component. */
export const componentChecks = (name: ComponentName): readonly Check<Subject>[] => {
  const title = name === 'jobManager' ? 'JobManager' : 'TaskManager'
  const at = `spec.${name}`
  return [
    {
      rule: name === 'jobManager' ? 'D18' : 'D23',
      check: ({ spec, conf }) => (definesMemory(spec[name]) ? undefined : memoryMissing(name, title, conf)),
    },
    {
      rule: name === 'jobManager' ? 'D19' : 'D24',
      check: ({ spec }) => simpleResource(spec[name], title, `${at}.resource`),
    },
    {
      rule: name === 'jobManager' ? 'D20' : 'D25',
      check: ({ spec }) => {
        const resources = resourcesOf(spec[name])
        const sections = (['requests', 'limits'] as const).flatMap((section) =>
          quantities(resources[section], title, `${at}.resources.${section}`),
        )
        return [...sections, ...aboveLimit(resources, title, `${at}.resources`)]
      },
    },
    {
      rule: 'W',
      check: ({ spec }) =>
        spec[name]?.resource && countsAsSet(spec[name])
          ? warning(
              `${at}.resource`,
              'RESOURCE_IGNORED',
              `${name}.resource does not count because ${name}.resources has entries.`,
              'Remove one of the two.',
            )
          : undefined,
    },
  ]
}

const definesMemory = (component: Component): boolean => {
  const { requests, limits } = resourcesOf(component)
  return !isBlank(component?.resource?.memory) || requests['memory'] !== undefined || limits['memory'] !== undefined
}

const memoryMissing = (name: ComponentName, title: string, conf: Configured['conf']): Problem | undefined => {
  // Flink reads the TaskManager's legacy heap keys in other places, not when it computes this layout.
  const settings = Object.fromEntries(
    name === 'jobManager' ? conf : [...conf].filter(([key]) => !LEGACY_TASK_HEAP.includes(key)),
  )
  const layout = attempt(() => (name === 'jobManager' ? jobManagerMemory : taskManagerMemory)(settings))
  if (layout.ok) return undefined
  const why = layout.problem.code === 'MEMORY_NOT_CONFIGURED' ? '' : ` ${layout.problem.message}`
  return error(
    `spec.${name}`,
    `${name === 'jobManager' ? 'JOB' : 'TASK'}_MANAGER_MEMORY_MISSING`,
    `${title} resource memory must be defined${why === '' ? '.' : `:${why}`}`,
    `Set spec.${name}.resource.memory, such as "2048m".`,
  )
}
const LEGACY_TASK_HEAP = ['taskmanager.heap.size', 'taskmanager.heap.mb']

const simpleResource = (component: Component, title: string, path: string): Problem[] => {
  const { memory, ephemeralStorage } = component?.resource ?? {}
  return [
    ...(isBlank(memory)
      ? []
      : complain(
          parseComponentMemory(memory as string),
          `${path}.memory`,
          `${title} resource memory parse error`,
          'Write a memory size such as "2048m" or "2Gi".',
        )),
    ...(ephemeralStorage === undefined
      ? []
      : complain(
          parseQuantity(ephemeralStorage),
          `${path}.ephemeralStorage`,
          `${title} resource ephemeral storage parse error`,
          'Write a quantity such as "5Gi".',
        )),
  ]
}

type Quantities = Record<string, string | undefined>

/** Quantities as text; an entry that is neither text nor number reads as a text that no quantity is. */
const resourcesOf = (component: Component): { requests: Quantities; limits: Quantities } => {
  const section = (value: unknown): Quantities =>
    isJson(value)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([, quantity]) => quantity !== null && quantity !== undefined)
            .map(([key, quantity]) => [
              key,
              typeof quantity === 'object' || typeof quantity === 'boolean'
                ? JSON.stringify(quantity)
                : String(quantity),
            ]),
        )
      : {}
  return { requests: section(component?.resources?.requests), limits: section(component?.resources?.limits) }
}

const countsAsSet = (component: Component): boolean => {
  const { requests, limits } = resourcesOf(component)
  return Object.keys(requests).length + Object.keys(limits).length > 0
}

const quantities = (section: Quantities, title: string, path: string): Problem[] =>
  Object.entries(section).flatMap(([key, text]): Problem[] => {
    const at = `${path}.${key}`
    const what = `${title} resource requirements ${path.split('.').at(-1)} ${key}`
    if (text === undefined || text === '')
      return complain(
        { ok: false, why: 'it is empty' },
        at,
        `${what} parse error`,
        'Write a quantity such as "1" or "2Gi".',
      )
    if (key === 'memory') {
      const bytes = parseComponentMemory(text)
      if (!bytes.ok) return complain(bytes, at, `${what} parse error`, 'Write a quantity such as "2Gi".')
      if (bytes.value.bytes <= 0n)
        return [
          error(
            at,
            'QUANTITY_NOT_POSITIVE',
            `${what} is ${text}, and must be positive.`,
            'Write a quantity such as "2Gi".',
          ),
        ]
      return parseQuantity(text).ok
        ? []
        : [
            warning(
              at,
              'QUANTITY_NOT_KUBERNETES',
              `"${text}" is a Flink memory size and not a Kubernetes quantity; upstream fails when it compares two such specs.`,
              'Write it as a quantity, such as "2Gi".',
            ),
          ]
    }
    const amount = parseQuantity(text)
    if (!amount.ok) return complain(amount, at, `${what} parse error`, 'Write a quantity such as "500m" or "2Gi".')
    const sign = signOf(amount.value)
    if (key === 'cpu' && sign <= 0)
      return [
        error(
          at,
          'QUANTITY_NOT_POSITIVE',
          `${what} is ${text}, and must be positive.`,
          'Write a quantity such as "1" or "500m".',
        ),
      ]
    return sign < 0
      ? [
          error(
            at,
            'QUANTITY_NEGATIVE',
            `${what} is ${text}, and must not be negative.`,
            'Write a quantity of 0 or more.',
          ),
        ]
      : []
  })

const aboveLimit = (
  { requests, limits }: { requests: Quantities; limits: Quantities },
  title: string,
  path: string,
): Problem[] =>
  ['cpu', 'memory'].flatMap((key) => {
    const [request, limit] = [requests[key], limits[key]]
    const [a, b] = [amountOf(key, request), amountOf(key, limit)]
    if (a === undefined || b === undefined || a <= b) return []
    return error(
      `${path}.requests.${key}`,
      'REQUEST_ABOVE_LIMIT',
      `${title} resource requirements ${key} request (${request}) must not exceed its limit (${limit}).`,
      'Raise the limit or lower the request.',
    )
  })

const amountOf = (key: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  if (key === 'memory') {
    const memory = parseComponentMemory(text)
    return memory.ok ? Number(memory.value.bytes) : undefined
  }
  const amount = parseQuantity(text)
  return amount.ok ? numberOf(amount.value) : undefined
}

const complain = (result: Parsed<unknown>, path: string, what: string, fix: string): Problem[] =>
  result.ok ? [] : [error(path, 'QUANTITY_UNREADABLE', `${what}: ${result.why}.`, fix)]

const isBlank = (text: string | undefined): boolean => text === undefined || text.trim() === ''
