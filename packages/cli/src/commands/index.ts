/** All commands by their first word, in the order in which help lists them. Each file is loaded only when it is wanted. */
import type { Command } from '../command.ts'

const objects = () => import('./objects.ts')
const homeInfo = () => import('./home-info.ts')

const files: Readonly<Record<string, () => Promise<object>>> = {
  up: () => import('./up.ts'),
  down: () => import('./down.ts'),
  doctor: () => import('./doctor.ts'),
  env: homeInfo,
  kubeconfig: homeInfo,
  flink: () => import('./flink.ts'),
  image: () => import('./image.ts'),
  get: objects,
  status: () => import('./status.ts'),
  logs: () => import('./logs.ts'),
  validate: () => import('./validate.ts'),
  diff: () => import('./diff.ts'),
  render: () => import('./render.ts'),
  'explain-config': () => import('./explain-config.ts'),
  apply: objects,
  delete: objects,
  wait: () => import('./wait.ts'),
  crds: () => import('./crds.ts'),
  operator: () => import('./operator.ts'),
  runtime: () => import('./runtime.ts'),
}

/** The commands that begin with a word; all of them when it is no command's first word. */
export const commandsFor = async (word?: string): Promise<readonly Command[]> => {
  const words = word !== undefined && word in files ? [word] : Object.keys(files)
  return (await Promise.all(words.map(load))).flat()
}

export const allCommands = (): Promise<readonly Command[]> => commandsFor()

const load = async (word: string): Promise<Command[]> =>
  Object.values((await files[word]?.()) ?? {}).filter(
    (value): value is Command => isCommand(value) && value.name.split(' ')[0] === word,
  )

const isCommand = (value: unknown): value is Command =>
  typeof value === 'object' && value !== null && 'run' in value && 'summary' in value && 'name' in value
