/** One line for each change of what a resource is doing; passes that say what the last one said are silent. */
import type { Action } from '@drey/core'
import type { Told } from '@drey/reconcile'
import { reasonOf } from './ask-flink.ts'

const remembered = 20_000

export const passLog = (say: (message: string, fields: object) => void, nameOf: (action: Action) => string) => {
  const last = new Map<string, string>()
  return {
    told(kind: string, { key, resource, decision, outcome }: Told<any, unknown, unknown, Action>): void {
      const { uid = key } = resource.metadata as { uid?: string }
      const message = `${kind} ${key}: ${decision.rule}`
      const fields = {
        because: decision.because,
        ...(decision.actions.length > 0 ? { actions: decision.actions.map(nameOf) } : {}),
        ...(outcome && !outcome.ok ? { failed: reasonOf(outcome.error) } : {}),
      }
      const line = `${message} ${JSON.stringify(fields)}`
      if (last.get(uid) === line) return
      last.delete(uid)
      last.set(uid, line)
      // Not every end of a resource is told; what was quiet longest is forgotten, and at worst said twice.
      if (last.size > remembered) last.delete(last.keys().next().value!)
      say(message, fields)
    },
    forget: (uid: string): void => void last.delete(uid),
  }
}
