/** The word that marks all processes of one home, derived from its directory. */
import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'

export const homeMark = (dir: string): string => {
  const real = (() => {
    try {
      return realpathSync(dir)
    } catch {
      return dir
    }
  })()
  return createHash('sha256').update(real).digest('hex').slice(0, 16)
}
