/** Plays tasks on a few threads. Each run is its own world, so the number of threads changes nothing but the time. */
import { Worker } from 'node:worker_threads'
import type { Report, Task } from './worker.ts'

export const playAll = async (
  tasks: readonly Task[],
  threads: number,
  seen: (report: Report) => void,
): Promise<void> => {
  const waiting = [...tasks]
  const one = async () => {
    // Worlds are short-lived rubbish: with a large nursery hardly any of it is ever copied.
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: 192, maxOldGenerationSizeMb: 2_048 },
    })
    try {
      for (;;) {
        const task = waiting.shift()
        if (!task) return
        seen(
          await new Promise<Report>((resolve, reject) => {
            worker.once('error', reject)
            worker.once('message', (answer: { report?: Report; error?: string }) => {
              worker.removeAllListeners('error')
              if (answer.report) resolve(answer.report)
              else reject(new Error(answer.error))
            })
            worker.postMessage(task)
          }),
        )
      }
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: threads }, one))
}
