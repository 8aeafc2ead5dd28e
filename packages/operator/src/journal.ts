/**
 * What every pass looked at and decided, kept for people: a bounded ring per resource in memory and, where there is a disk, lines in a
 * file. A pass that says what the last one said only raises a count.
 */
import { cycleOf, type Action, type Cycle } from '@drey/core'
import type { KubeObject, Told } from '@drey/reconcile'
import { reasonOf } from './ask-flink.ts'

export type JournaledPass = Told<KubeObject, any, unknown, Action>

export interface PassJournal {
  told(kind: string, pass: JournaledPass): void
  /** oldest first */
  cyclesOf(uid: string): Cycle[]
  forget(uid: string): void
}

/** What a journal on a disk gets to write: whole passes, and how often the last one of a resource was repeated. */
export type JournalLine = Cycle | { kind: 'Repeated'; uid: string; times: number; until: string }

interface Entry {
  kind: string
  pass: JournaledPass
  /** what tells it from the pass before */
  says: string
  times: number
  until: number
}

const perResource = 20
/** of all resources together: entries hold on to objects */
const inAll = 2_000

export const passJournal = (write?: (line: JournalLine) => void): PassJournal => {
  const rings = new Map<string, Entry[]>()
  let count = 0
  const cycle = ({ kind, pass, times, until }: Entry): Cycle => ({
    ...cycleOf(kind, pass),
    ...(times > 0 ? { repeated: { times, until: new Date(until).toISOString() } } : {}),
  })
  return {
    told(kind, pass) {
      const uid = pass.before.metadata.uid ?? pass.key
      const ring = rings.get(uid) ?? []
      const last = ring.at(-1)
      const says = saying(pass)
      if (last?.says === says) {
        last.times++
        last.until = pass.observed.now
        return
      }
      if (last && last.times > 0)
        write?.({ kind: 'Repeated', uid, times: last.times, until: new Date(last.until).toISOString() })
      write?.(cycleOf(kind, pass))
      ring.push({ kind, pass, says, times: 0, until: pass.observed.now })
      count++
      if (ring.length > perResource && ring.shift()) count--
      // Whoever was quiet longest loses its oldest entry first.
      rings.delete(uid)
      rings.set(uid, ring)
      while (count > inAll) {
        const [quietest, entries] = rings.entries().next().value!
        entries.shift()
        count--
        if (entries.length === 0) rings.delete(quietest)
      }
    },
    cyclesOf: (uid) => (rings.get(uid) ?? []).map(cycle),
    forget(uid) {
      count -= rings.get(uid)?.length ?? 0
      rings.delete(uid)
    },
  }
}

const saying = ({ before, decision, recorded, outcome }: JournaledPass): string =>
  [
    before.metadata.generation,
    decision.rule,
    decision.because,
    decision.actions.map((action) => action.do).join(),
    decision.events.map(({ reason }) => reason).join(),
    decision.finalizer,
    recorded,
    outcome === undefined || outcome.ok ? '' : reasonOf(outcome.error),
  ].join('\n')
