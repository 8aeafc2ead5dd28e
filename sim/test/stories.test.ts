/**
 * Golden stories: who did what in each of these scenarios, and because. A changed rule changes stories; read the difference, and keep it
 * with `npm run sim:stories -- -u` when it is meant.
 */
import { expect, test } from 'vitest'
import { run } from '../run.ts'
import { scenarios } from '../scenarios/index.ts'
import { compactStory } from './compact-story.ts'
import { told } from './told.ts'

const fileOf = (name: string): string => name.replaceAll(/\W+/g, '-').replaceAll(/^-|-$/g, '')

test('there are sixty or more, each in a file of its own', () => {
  expect(told.length).toBeGreaterThanOrEqual(60)
  expect(new Set(told.map(fileOf)).size).toBe(told.length)
})

test.each(told)('%s', async (name) => {
  const scenario = scenarios.find((one) => one.name === name)
  if (!scenario) throw new Error(`There is no scenario ${name}.`)
  const { story, violations } = await run(scenario, { story: true })
  expect(violations).toEqual([])
  await expect(compactStory(story)).toMatchFileSnapshot(`../stories/${fileOf(name)}.story`)
})
