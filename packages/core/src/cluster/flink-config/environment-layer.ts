/** `${NAME}` in settings of file systems, written so that the process resolves it at its start. See config/environment.ts. */
import { inHadoopsWords, isReadByHadoop } from '../../config/environment.ts'
import type { Layer } from './layers.ts'

export const environment: Layer = {
  name: 'environment variables',
  settings: ({ config }) =>
    Object.fromEntries(
      Object.entries(config).flatMap(([key, value]) => {
        const resolved = isReadByHadoop(key) ? inHadoopsWords(value) : value
        return resolved === value ? [] : [[key, resolved]]
      }),
    ),
}
