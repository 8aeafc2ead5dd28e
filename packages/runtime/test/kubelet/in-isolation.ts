/** Runs the suite in one isolation, or says loudly that this machine cannot. */
import { describe, it } from 'vitest'
import { detectIsolation } from '../../src/isolation/detect.ts'
import type { IsolationChoice } from '../../src/isolation/isolation.ts'
import { podConformance } from './conformance.ts'

export const inIsolation = async (choice: IsolationChoice): Promise<void> => {
  const report = await detectIsolation()
  const name = `pods with ${choice.files} and ${choice.network}`
  const missing = [
    ...(choice.files === 'mount' && !report.mount.works ? [report.mount.why] : []),
    ...(choice.network === 'netns' && !report.netns.works ? [report.netns.why] : []),
  ]
  if (missing.length === 0) {
    describe(name, () => podConformance(choice))
    return
  }
  console.warn(`SKIPPED: ${name}: ${missing.join('; ')}`)
  describe.skip(name, () => it('is not possible on this machine', () => {}))
}
