import { describe, expect, test } from 'vitest'
import { dueSlot, nextSlot, scheduleOf, type Schedule } from '../../src/job/schedule.ts'

const at = (text: string) => Date.parse(`2026-03-${text}Z`)
const cron = (text: string) => scheduleOf(text) as Schedule

describe('a period is', () => {
  test.each([
    ['', 'none'],
    ['0', 'none'],
    ['0 s', 'none'],
    ['10 min', { everyMs: 600_000 }],
    ['1h', { everyMs: 3_600_000 }],
    ['0 0 2 ? * FRI', { cron: '0 0 2 ? * FRI' }],
    ['every day', 'unreadable'],
    ['0 2 * * *', 'unreadable'],
    ['0 0 2 15 * FRI', 'unreadable'],
  ])('%j: %j', (text, expected) => expect(scheduleOf(text)).toEqual(expected))
})

describe('every ten minutes', () => {
  const schedule = cron('10 min')
  test('is not due before the time is over', () =>
    expect(dueSlot(schedule, at('01T00:00:00'), at('01T00:09:59.999'))).toBeUndefined())
  test('is due for the slot, not for the moment somebody looks', () =>
    expect(dueSlot(schedule, at('01T00:00:00'), at('01T00:13:07'))).toBe(at('01T00:10:00')))
  test('collapses missed slots into the newest', () =>
    expect(dueSlot(schedule, at('01T00:00:00'), at('01T05:01:00'))).toBe(at('01T05:00:00')))
  test('knows its next slot', () => expect(nextSlot(schedule, at('01T00:00:00'))).toBe(at('01T00:10:00')))
})

describe('a cron expression', () => {
  test('is due from its very second on, once', () => {
    const schedule = cron('0 30 2 * * ?')
    expect(dueSlot(schedule, at('01T02:30:00'), at('02T02:29:59'))).toBeUndefined()
    expect(dueSlot(schedule, at('01T02:30:00'), at('02T02:30:00'))).toBe(at('02T02:30:00'))
    expect(dueSlot(schedule, at('02T02:30:00'), at('02T02:30:01'))).toBeUndefined()
    expect(dueSlot(schedule, at('01T02:30:00'), at('09T12:00:00'))).toBe(at('09T02:30:00'))
  })
  test('counts days of the week from Sunday = 1', () => {
    // 2026-03-01 is a Sunday
    expect(nextSlot(cron('0 0 0 ? * 1'), at('02T00:00:00'))).toBe(at('08T00:00:00'))
    expect(nextSlot(cron('0 0 0 ? * SAT'), at('02T00:00:00'))).toBe(at('07T00:00:00'))
  })
  test('may run over the end of a week or a day', () => {
    expect(nextSlot(cron('0 0 0 ? * FRI-MON'), at('03T00:00:00'))).toBe(at('06T00:00:00'))
    expect(nextSlot(cron('0 0 0 ? * FRI-MON'), at('08T00:00:00'))).toBe(at('09T00:00:00'))
    expect(nextSlot(cron('0 0 22-2 * * ?'), at('03T02:00:00'))).toBe(at('03T22:00:00'))
    expect(nextSlot(cron('0 0 22-2 * * ?'), at('03T23:00:00'))).toBe(at('04T00:00:00'))
  })
  test('takes steps and a year', () => {
    expect(nextSlot(cron('0 0/15 * * * ?'), at('01T00:01:00'))).toBe(at('01T00:15:00'))
    expect(nextSlot(cron('0 0 0 1 1 ? 2020'), at('01T00:00:00'))).toBeUndefined()
  })
})
