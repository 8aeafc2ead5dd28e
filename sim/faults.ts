/** What may go wrong at a port call, and plans that say where. A plan is asked once per call, in the order of calls. */
import type { Moment } from './alike.ts'

export interface Call {
  /** counted per world over all lives of the operator: the number that `--crash` names */
  n: number
  port: 'kube' | 'flink'
  method: string
  path: string
  /** it changes something on the other side */
  writes: boolean
  /** when it was made, and when the other side had done it (unless that never happened) */
  made: Moment
  done?: Moment
  /** made after faults had stopped */
  late?: true
}

export type Fault =
  /** the operator dies: before the request left it, or after the other side did it and before the answer arrived */
  | { do: 'crash'; when: 'before' | 'after' }
  /** done on the other side, but no answer ever comes */
  | { do: 'lose the answer' }
  /** nothing done, no answer */
  | { do: 'refuse' }
  /** an error for an answer, with or without the effect */
  | { do: 'answer'; status: number; effect: boolean }
  | { do: 'delay'; ms: number }
  /** no answer in time, and done later than that: other calls have overtaken it */
  | { do: 'arrive late'; ms: number }

export type FaultPlan = (call: Call) => Fault | undefined

export const noFaults: FaultPlan = () => undefined

export const crashAt =
  (n: number, when: 'before' | 'after'): FaultPlan =>
  (call) =>
    call.n === n ? { do: 'crash', when } : undefined

export const faultAt =
  (n: number, fault: Fault): FaultPlan =>
  (call) =>
    call.n === n ? fault : undefined

/** The first plan that has something to say. */
export const firstPlan =
  (...plans: readonly FaultPlan[]): FaultPlan =>
  (call) => {
    for (const plan of plans) {
      const fault = plan(call)
      if (fault) return fault
    }
    return undefined
  }

/** Which faults make sense at a call: conflicts only where the server compares versions, no lost effect where there is none. */
export const faultsFor = (call: Pick<Call, 'port' | 'method' | 'writes'>): readonly Fault[] => {
  const reads: Fault[] = [{ do: 'refuse' }, { do: 'answer', status: 500, effect: false }, { do: 'delay', ms: 20_000 }]
  if (!call.writes) return call.port === 'flink' ? [...reads, { do: 'answer', status: 503, effect: false }] : reads
  const writes: Fault[] = [...reads, { do: 'lose the answer' }, { do: 'answer', status: 500, effect: true }]
  if (call.port === 'flink') return [...writes, { do: 'answer', status: 503, effect: false }]
  return [
    ...writes,
    { do: 'answer', status: 429, effect: false },
    ...(call.method === 'PATCH' || call.method === 'PUT'
      ? [{ do: 'answer', status: 409, effect: false } as const]
      : []),
  ]
}

export const wordsOf = (fault: Fault): string => {
  switch (fault.do) {
    case 'crash':
      return fault.when === 'before' ? 'the operator dies before it' : 'done, but the operator dies before the answer'
    case 'lose the answer':
      return 'done, but the answer is lost'
    case 'refuse':
      return 'refused'
    case 'answer':
      return `HTTP ${fault.status}${fault.effect ? ' although done' : ''}`
    case 'delay':
      return `takes ${fault.ms / 1000} s`
    case 'arrive late':
      return `no answer; done after ${fault.ms / 1000} s`
  }
}
