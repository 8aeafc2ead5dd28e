/** The package edges: arrows point down only, and pure packages stay pure. What a stranger reads in docs/architecture.md is so. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../packages', import.meta.url))

/** What each package may import of the others. */
const edges: Record<string, readonly string[]> = {
  schema: [],
  reconcile: [],
  api: ['schema'],
  core: ['api', 'reconcile', 'schema'],
  kube: ['reconcile'],
  flink: ['api'],
  'flink-home': [],
  apiserver: ['schema', 'reconcile'],
  runtime: ['kube', 'reconcile', 'flink-home'],
  operator: ['core', 'kube', 'flink', 'api', 'reconcile'],
  cli: ['schema', 'api', 'core', 'reconcile', 'kube', 'flink', 'flink-home', 'apiserver', 'runtime', 'operator'],
}

/** No process, file, clock or chance: time and randomness are arguments. They run in a browser, too. */
const pure = ['schema', 'reconcile', 'api', 'core']
const impure = /from 'node:|from 'undici'|Math\.random\(|crypto\.randomUUID|Date\.now\(|process\.env/
/** `realClock` is the one place where the wall clock enters. */
const exempt = new Set(['reconcile/src/clock.ts'])

const sources = (name: string): { file: string; text: string }[] =>
  readdirSync(join(root, name, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file: `${name}/src/${file}`, text: readFileSync(join(root, name, 'src', file), 'utf8') }))

test('every package has its edges stated', () => {
  expect(readdirSync(root).toSorted()).toEqual(Object.keys(edges).toSorted())
})

test.each(Object.entries(edges))('%s imports only what lies below it', (name, allowed) => {
  const wrong = sources(name).flatMap(({ file, text }) =>
    [...text.matchAll(/from '@drey\/([\w-]+)[^']*'|import\('@drey\/([\w-]+)/g)]
      .map((match) => match[1] ?? match[2] ?? '')
      .filter((other) => other !== name && !allowed.includes(other))
      .map((other) => `${file} → ${other}`),
  )
  expect(wrong).toEqual([])
})

test.each(pure)('%s is pure', (name) => {
  const wrong = sources(name)
    .filter(({ file, text }) => !exempt.has(file) && impure.test(text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')))
    .map(({ file }) => file)
  expect(wrong).toEqual([])
})

test('nothing ships that imports the simulation or the tests', () => {
  const wrong = Object.keys(edges).flatMap((name) =>
    sources(name)
      .filter(({ text }) => /from '[^']*\/(sim|test)\//.test(text))
      .map(({ file }) => file),
  )
  expect(wrong).toEqual([])
})
