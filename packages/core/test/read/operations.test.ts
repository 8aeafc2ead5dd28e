/** The list of operations: what events do to it, that they may come twice, and that it stays small. */
import { describe, expect, test } from 'vitest'
import {
  historyName,
  historyText,
  operationsMax,
  readHistory,
  withEvents,
  type Operation,
  type OperationEvent,
} from '../../src/index.ts'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
const operation = (id: string, more: Partial<Operation> = {}): Operation => ({
  id,
  what: 'upgrade',
  generation: 2,
  because: 'image changed',
  startedAt: at(0),
  steps: [],
  ...more,
})
const begin = (id: string, more?: Partial<Operation>): OperationEvent => ({
  do: 'begin',
  operation: operation(id, more),
})
const upgrade: OperationEvent[] = [
  begin('a'),
  { do: 'step', step: 'savepoint', at: at(5), state: 's3://sp/1', operation: operation('a') },
  { do: 'step', step: 'remove', at: at(7), operation: operation('a') },
  { do: 'step', step: 'deploy', at: at(8), operation: operation('a') },
  { do: 'end', result: 'done', at: at(20) },
]

describe('an upgrade', () => {
  test('is one entry with its steps, its state and its end', () => {
    expect(withEvents([], upgrade)).toEqual([
      {
        ...operation('a'),
        state: 's3://sp/1',
        result: 'done',
        endedAt: at(20),
        steps: [
          { step: 'savepoint', endedAt: at(5) },
          { step: 'remove', endedAt: at(7) },
          { step: 'deploy', endedAt: at(8) },
          { step: 'start', endedAt: at(20) },
        ],
      },
    ])
  })
  test('is the same when each event comes twice', () => {
    expect(
      withEvents(
        [],
        upgrade.flatMap((event) => [event, event]),
      ),
    ).toEqual(withEvents([], upgrade))
  })
  test('is the same when everything is told again after a crash', () => {
    const once = withEvents([], upgrade)
    expect(withEvents(once, [upgrade[0]!, upgrade[4]!])).toEqual(once)
    expect(withEvents(readHistory(historyText(once)), [upgrade[3]!])).toEqual(once)
  })
  test.each([0, 1, 2, 3])('whose event %i was lost is still one entry that ends', (lost) => {
    const [entry, ...others] = withEvents(
      [],
      upgrade.filter((_, index) => index !== lost),
    )
    expect(others).toEqual([])
    expect(entry).toMatchObject({ id: 'a', result: 'done', endedAt: at(20) })
  })
  test('that fails and is tried again is one entry with a count', () => {
    const [entry, ...others] = withEvents(
      [],
      [
        begin('a'),
        { do: 'end', result: 'failed', why: 'no space', at: at(3), operation: operation('a') },
        begin('b', { startedAt: at(60) }),
        ...upgrade.slice(1),
      ],
    )
    expect(others).toEqual([])
    expect(entry).toMatchObject({ attempts: 2, result: 'done' })
    expect(entry).not.toHaveProperty('why')
  })
  test('that another change overtakes is superseded; one that is rolled back says so', () => {
    expect(withEvents([], [begin('a'), begin('b', { generation: 3 })]).map(({ result }) => result)).toEqual([
      'superseded',
      undefined,
    ])
    expect(withEvents([], [begin('a'), begin('b', { what: 'rollback' })])[0]).toMatchObject({ result: 'rolled back' })
  })
})

describe('the list', () => {
  const many = Array.from({ length: 60 }, (_, index) => begin(`u${index}`, { generation: index }))
  const snapshots = Array.from({ length: 60 }, (_, index): OperationEvent => ({
    do: 'note',
    operation: operation(`s${index}`, { what: 'savepoint', result: 'done', endedAt: at(index) }),
  }))
  test('keeps the newest', () => {
    const kept = withEvents([], many)
    expect(kept).toHaveLength(operationsMax)
    expect(kept.at(-1)?.id).toBe('u59')
  })
  test('is not crowded out by periodic snapshots', () => {
    const kept = withEvents([], [...many.slice(0, 10), ...snapshots])
    expect(kept.filter(({ what }) => what === 'upgrade')).toHaveLength(10)
    expect(kept.filter(({ what }) => what === 'savepoint')).toHaveLength(6)
  })
  test('stays below 16 KiB whatever is written into it', () => {
    const long = 'ü'.repeat(5_000)
    const kept = withEvents(
      [],
      many.map((event) =>
        event.do === 'begin'
          ? {
              ...event,
              operation: { ...event.operation, because: long, change: Array(40).fill(long), state: long, why: long },
            }
          : event,
      ),
    )
    expect(Buffer.byteLength(historyText(kept))).toBeLessThanOrEqual(16 * 1024)
    expect(kept.length).toBeGreaterThan(0)
  })
  test('is read around lines nobody can read', () => {
    const text = historyText(withEvents([], upgrade))
    expect(readHistory(`{"kind":"from the future"}\nnonsense\n{broken\n${text}`)).toEqual(readHistory(text))
    expect(readHistory(undefined)).toEqual([])
  })
})

test('two kinds with one name have two objects', () => {
  expect(historyName('FlinkDeployment', 'orders')).toBe('drey-history-orders')
  expect(historyName('FlinkSessionJob', 'orders')).toBe('drey-history-orders.flinksessionjob')
  expect(historyName('FlinkSessionJob', 'x'.repeat(253)).length).toBeLessThanOrEqual(253)
})
