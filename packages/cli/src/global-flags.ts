/** Flags that every command takes, before or after its verb. */
import type { Flag } from './command.ts'

export const globalFlags: Readonly<Record<string, Flag>> = {
  home: { type: 'text', value: 'DIR', summary: 'the home’s folder' },
  name: { type: 'text', value: 'NAME', summary: 'the home’s name, for several side by side' },
  kubeconfig: { type: 'text', value: 'FILE', summary: 'the kubeconfig to use' },
  context: { type: 'text', value: 'NAME', summary: 'the kubeconfig’s context' },
}
