/**
 * Source H: the finished operations of one resource, kept as one small object beside it. This file is its content: what an operation
 * is, how what happens changes the list, and how the list stays small. Applying the same event twice changes nothing, because after a
 * crash nobody knows whether the last one was written.
 */

export type OperationName =
  | 'deploy'
  | 'upgrade'
  | 'suspend'
  | 'resume'
  | 'restart'
  | 'redeploy'
  | 'rescale'
  | 'recover'
  | 'rollback'
  | 'savepoint'
  | 'checkpoint'
  | 'fail'
  | 'finish'

export type StepName = 'savepoint' | 'cancel' | 'remove' | 'deploy' | 'start'

export interface Operation {
  id: string
  what: OperationName
  /** the generation it heads for */
  generation: number
  /** the generation that was deployed before */
  from?: number
  /** what differed in the spec: `image: orders:41 → orders:42`; never a secret */
  change?: readonly string[]
  because: string
  /** the field manager of the last change of the spec, where that was the cause */
  who?: string
  /** RFC 3339 */
  startedAt: string
  endedAt?: string
  result?: 'done' | 'failed' | 'rolled back' | 'superseded'
  /** why it failed */
  why?: string
  steps: readonly { step: StepName; endedAt: string }[]
  /** what the job resumed from, or what was made: a path, `HA metadata`, or `nothing` */
  state?: string
  /** how often it was begun; absent: once */
  attempts?: number
}

export type OperationEvent =
  | { do: 'begin'; operation: Operation }
  /** `operation` stands in when its beginning was not seen */
  | { do: 'step'; step: StepName; at: string; state?: string; operation: Operation }
  | { do: 'end'; result: 'done' | 'failed'; why?: string; at: string; state?: string; operation?: Operation }
  /** something that began and ended at once */
  | { do: 'note'; operation: Operation }

export const operationsMax = 20
/** of them, so that a job with periodic snapshots keeps its upgrades */
const snapshotsMax = 6
const bytesMax = 16 * 1024
const textMax = 240

/** Oldest first, as it is stored. */
export const withEvents = (operations: readonly Operation[], events: readonly OperationEvent[]): readonly Operation[] =>
  bounded(events.reduce<readonly Operation[]>(withEvent, operations))

const withEvent = (operations: readonly Operation[], event: OperationEvent): readonly Operation[] => {
  const last = operations.findLast(({ what }) => !isSnapshot(what))
  const open = last && last.result === undefined ? last : undefined
  const replaced = (old: Operation, now: Operation) => operations.map((one) => (one === old ? now : one))
  switch (event.do) {
    case 'begin': {
      const { operation } = event
      if (operations.some(({ id }) => id === operation.id)) return operations
      const again =
        last?.result === 'failed' && last.what === operation.what && last.generation === operation.generation
      if (again) return replaced(last, reopened(last))
      const result = operation.what === 'rollback' ? 'rolled back' : 'superseded'
      const before = open ? replaced(open, { ...open, result, endedAt: operation.startedAt }) : operations
      return [...before, operation]
    }
    case 'step': {
      // Lost with a crash: the beginning, or all of it but the end.
      if (!open)
        return last?.steps.some(({ endedAt }) => endedAt === event.at)
          ? operations
          : [...operations, stepped(event.operation, event)]
      return replaced(open, stepped(open, event))
    }
    case 'end': {
      const { operation } = event
      if (open) return replaced(open, ended(open, event))
      const isNew = operation !== undefined && !operations.some(({ id }) => id === operation.id)
      return isNew ? [...operations, ended(operation, event)] : operations
    }
    case 'note':
      return operations.some(({ id }) => id === event.operation.id) ? operations : [...operations, event.operation]
  }
}

const ended = (operation: Operation, event: Extract<OperationEvent, { do: 'end' }>): Operation => ({
  ...operation,
  ...(event.state === undefined ? {} : { state: event.state }),
  ...(event.why === undefined ? {} : { why: event.why }),
  steps: event.result === 'done' ? withStep(operation.steps, lastStepOf(operation), event.at) : operation.steps,
  result: event.result,
  endedAt: event.at,
})

const reopened = (operation: Operation): Operation => {
  const { result: _, endedAt: __, why: ___, ...rest } = operation
  return { ...rest, attempts: (rest.attempts ?? 1) + 1 }
}

const stepped = (operation: Operation, { step, at, state }: Extract<OperationEvent, { do: 'step' }>): Operation => ({
  ...operation,
  steps: withStep(operation.steps, step, at),
  ...(state === undefined ? {} : { state }),
})

const withStep = (steps: Operation['steps'], step: StepName | undefined, endedAt: string): Operation['steps'] =>
  step === undefined || steps.at(-1)?.step === step ? steps : [...steps, { step, endedAt }]

const lastStepOf = ({ what }: Operation): StepName | undefined => (what === 'suspend' ? undefined : 'start')

const isSnapshot = (what: OperationName): boolean => what === 'savepoint' || what === 'checkpoint'

const bounded = (operations: readonly Operation[]): readonly Operation[] => {
  const snapshots = operations.filter(({ what }) => isSnapshot(what))
  const dropped = new Set(snapshots.slice(0, Math.max(0, snapshots.length - snapshotsMax)))
  let kept = operations
    .filter((one) => !dropped.has(one))
    .slice(-operationsMax)
    .map(short)
  while (kept.length > 1 && sizeOf(kept) > bytesMax) kept = kept.slice(1)
  return kept
}

/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const sizeOf = (operations: readonly Operation[]): number => {
  const text = historyText(operations)
  let bytes = 0
  for (let index = 0; index < text.length; index++) bytes += text.charCodeAt(index) < 0x80 ? 1 : 3
  return bytes
}

const short = (operation: Operation): Operation => ({
  ...operation,
  because: cut(operation.because),
  ...(operation.change ? { change: operation.change.slice(0, 5).map(cut) } : {}),
  ...(operation.why === undefined ? {} : { why: cut(operation.why) }),
  ...(operation.state === undefined ? {} : { state: operation.state.slice(0, 4 * textMax) }),
  steps: operation.steps.slice(-8),
})

const cut = (text: string): string => (text.length > textMax ? `${text.slice(0, textMax - 1)}…` : text)

/** One line per operation: a person reads it with `kubectl get configmap -o yaml`, too. */
export const historyText = (operations: readonly Operation[]): string =>
  operations.map((operation) => `${JSON.stringify(operation)}\n`).join('')

/** Lines nobody can read (a newer Drey's, or somebody's edit) are passed over. */
export const readHistory = (text: string | undefined): Operation[] =>
  (text ?? '').split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return []
    try {
      const one = JSON.parse(line) as Partial<Operation>
      return typeof one.id === 'string' && typeof one.what === 'string' && typeof one.startedAt === 'string'
        ? [
            {
              ...one,
              generation: one.generation ?? 0,
              because: one.because ?? '',
              steps: Array.isArray(one.steps) ? one.steps : [],
            } as Operation,
          ]
        : []
    } catch {
      return []
    }
  })

/** The object that holds it. Names of deployments have no dots, so the two kinds never meet. */
export const historyName = (kind: string, name: string): string => {
  const full = kind === 'FlinkDeployment' ? `drey-history-${name}` : `drey-history-${name}.${kind.toLowerCase()}`
  return full.slice(0, 253)
}
/** The key of its data. */
export const historyKey = 'operations'
