/** What this machine has, as pods may ask by `resourceFieldRef`. */
import { cpus, totalmem } from 'node:os'

export const machineFacts = (): { cpus: number; memoryBytes: number } => ({
  cpus: cpus().length,
  memoryBytes: totalmem(),
})
