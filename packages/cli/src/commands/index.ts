/** All commands by their first word, in the order in which help lists them. Each file is loaded only when it is wanted. */
import type { Command, Outline } from '../command.ts'
import { outline } from './outline.ts'

const homeInfo = () => import('./home-info.ts')

const files: Readonly<Record<string, () => Promise<object>>> = {
  up: () => import('./up.ts'),
  down: () => import('./down.ts'),
  doctor: () => import('./doctor.ts'),
  env: homeInfo,
  kubeconfig: homeInfo,
  flink: () => import('./flink.ts'),
  image: () => import('./image.ts'),
  get: () => import('./get.ts'),
  status: () => import('./status.ts'),
  history: () => import('./history.ts'),
  explain: () => import('./explain.ts'),
  'why-not': () => import('./why-not.ts'),
  logs: () => import('./logs.ts'),
  validate: () => import('./validate.ts'),
  plan: () => import('./plan.ts'),
  diff: () => import('./diff.ts'),
  render: () => import('./render.ts'),
  'explain-config': () => import('./explain-config.ts'),
  replay: () => import('./replay.ts'),
  apply: () => import('./apply.ts'),
  delete: () => import('./delete.ts'),
  wait: () => import('./wait.ts'),
  crds: () => import('./crds.ts'),
  operator: () => import('./operator.ts'),
  runtime: () => import('./runtime.ts'),
  completion: () => import('./completion.ts'),
  version: () => import('./version.ts'),
}

export const isFirstWord = (word: string): boolean => Object.hasOwn(files, word)

/** The commands that begin with a word. */
export const commandsFor = (word: string): Promise<readonly Command[]> => load(word)

export const allCommands = async (): Promise<readonly Command[]> =>
  (await Promise.all(Object.keys(files).map(load))).flat()

/** All of them as help lists them: generated, and loaded only where the generated file does not know a word yet. */
export const outlines = async (): Promise<readonly Outline[]> => {
  const known = new Set(outline.map(({ name }) => firstWord(name)))
  const fresh = Object.keys(files).filter((word) => !known.has(word))
  const all = [
    ...outline.filter(({ name }) => isFirstWord(firstWord(name))),
    ...(await Promise.all(fresh.map(load))).flat(),
  ]
  const order = Object.keys(files)
  return all.toSorted((a, b) => order.indexOf(firstWord(a.name)) - order.indexOf(firstWord(b.name)))
}

const firstWord = (name: string): string => name.split(' ')[0] ?? ''

const load = async (word: string): Promise<Command[]> =>
  Object.values((await files[word]?.()) ?? {})
    .filter((value): value is Command => isCommand(value) && firstWord(value.name) === word)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))

const isCommand = (value: unknown): value is Command =>
  typeof value === 'object' && value !== null && 'run' in value && 'summary' in value && 'name' in value
