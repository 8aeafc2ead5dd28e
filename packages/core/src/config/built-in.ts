/** The lowest layer: what every option means while nobody says anything. For explanations; it is never sent to a cluster. */
import { autoscalerOptions, operatorOptions } from '@drey/api'
import type { Layer } from './layer.ts'

export const builtIn: Layer = {
  name: 'built-in',
  entries: [...operatorOptions, ...autoscalerOptions]
    .filter(
      ({ template, deprecated, default: value, scope }) =>
        !template && !deprecated && value !== undefined && scope !== 'blue-green',
    )
    .map((option): [string, string] => [option.key, option.defaultText ?? option.codec.print(option.default)])
    .filter(([, text]) => text !== ''),
}
