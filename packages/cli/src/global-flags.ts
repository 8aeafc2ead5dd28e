/** Flags that every command takes, before or after its verb. */
import type { Flag } from './command.ts'

export const globalFlags: Readonly<Record<string, Flag>> = {
  home: { type: 'text', value: 'DIR', summary: 'the home’s folder' },
  name: { type: 'text', value: 'NAME', summary: 'the home’s name, for several side by side' },
  kubeconfig: { type: 'text', value: 'FILE', summary: 'the kubeconfig to use' },
  context: { type: 'text', value: 'NAME', summary: 'the kubeconfig’s context' },
  as: { type: 'text', value: 'USER', summary: 'speak to the cluster as this user' },
  asGroup: { type: 'list', value: 'GROUP', summary: '… of this group (may be repeated)' },
  requestTimeout: { type: 'text', value: 'TIME', summary: 'how long one request may take: 5s, 1m (0: any time)' },
  color: { type: 'text', value: 'WHEN', summary: 'colours', choices: ['auto', 'always', 'never'] },
  yes: {
    type: 'text',
    short: 'y',
    value: 'NAME',
    bare: 'true',
    summary: 'do not ask (what cannot be taken back wants its name)',
  },
  input: { type: 'boolean', summary: 'never ask', default: true },
  quiet: { type: 'boolean', short: 'q', summary: 'only the answer and errors' },
  verbose: { type: 'boolean', short: 'v', summary: 'tell every request' },
}

/** Flags of many commands that take a value: before a verb, the next word is theirs and not the verb. */
export const takesNextWord: ReadonlySet<string> = new Set([
  ...Object.entries(globalFlags).flatMap(([name, { type, bare }]) =>
    type === 'boolean' || bare !== undefined ? [] : [name],
  ),
  'namespace',
  'n',
  'output',
  'o',
  'selector',
  'l',
])
