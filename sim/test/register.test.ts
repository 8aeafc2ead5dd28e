import { describe, expect, test } from 'vitest'
import { allScenarios } from '../scenarios/index.ts'
import { acceptance, coveredBy, important, leftOut, stories, windows } from '../scenarios/register.ts'

const covered = coveredBy(allScenarios)
const missing = (all: readonly string[]) => all.filter((what) => !covered.has(what) && leftOut[what] === undefined)

describe('there is a scenario', () => {
  test('for every window of crash consistency', () => expect(missing(windows)).toEqual([]))
  test('for every end-to-end story', () => expect(missing(stories)).toEqual([]))
  test('for every acceptance scenario that simulation is to check', () => expect(missing(acceptance)).toEqual([]))
  test('for every name among the ten most important', () =>
    expect(important.filter((name) => !allScenarios.some((one) => one.name === name))).toEqual([]))
  test('and no excuse where there is one', () =>
    expect(Object.keys(leftOut).filter((what) => covered.has(what))).toEqual([]))
})
