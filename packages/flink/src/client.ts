/** The questions and orders we have for a JobManager. Reads parse; orders answer what Flink accepted. */
import { FlinkError, type FlinkHttp, type FlinkRequest } from './http.ts'
import {
  noCheckpoints,
  type CheckpointFacts,
  type ClusterConfig,
  type ExceptionEntry,
  type JobOverview,
  type ResourceRequirements,
  type TriggerFact,
} from '@drey/api'
import {
  parseCheckpoints,
  parseConfig,
  parseErrors,
  parseExceptions,
  parseJobs,
  parseMetrics,
  parseRequirements,
  parseResult,
  parseTrigger,
} from './facts.ts'

export interface FlinkAt {
  base: string
  timeoutMs: number
}

export interface RunJar {
  jobId: string
  entryClass?: string
  args?: readonly string[]
  parallelism?: number
  savepointPath?: string
  allowNonRestoredState?: boolean
  /** 'claimMode' from 1.20 on, 'restoreMode' before (requests are parsed strictly up to 1.19) */
  modeField: 'claimMode' | 'restoreMode'
  /** absent for versions that refuse the field (before 1.17) */
  flinkConfiguration?: Readonly<Record<string, string>>
}

export interface FlinkClient {
  config(at: FlinkAt): Promise<ClusterConfig>
  jobs(at: FlinkAt): Promise<JobOverview[]>
  taskManagerCount(at: FlinkAt): Promise<number>
  checkpoints(at: FlinkAt, jobId: string): Promise<CheckpointFacts>
  checkpointPath(at: FlinkAt, jobId: string, checkpointId: number): Promise<string | undefined>
  savepointTrigger(at: FlinkAt, jobId: string, triggerId: string): Promise<TriggerFact>
  checkpointTrigger(at: FlinkAt, jobId: string, triggerId: string): Promise<TriggerFact>
  exceptions(at: FlinkAt, jobId: string): Promise<ExceptionEntry[]>
  result(at: FlinkAt, jobId: string): Promise<{ class: string; trace: string } | undefined>
  jobMetrics(at: FlinkAt, jobId: string, names: readonly string[]): Promise<Record<string, string>>
  requirements(at: FlinkAt, jobId: string): Promise<ResourceRequirements>

  stopWithSavepoint(
    at: FlinkAt,
    jobId: string,
    o: { triggerId: string; directory?: string; drain: boolean; format: string },
  ): Promise<void>
  savepoint(at: FlinkAt, jobId: string, o: { triggerId: string; directory?: string; format: string }): Promise<void>
  checkpoint(at: FlinkAt, jobId: string, o: { triggerId: string; type: string }): Promise<void>
  /** 'ended': the job had already reached another terminal state; 'missing': the cluster does not know it */
  cancel(at: FlinkAt, jobId: string): Promise<'accepted' | 'ended' | 'missing'>
  dispose(at: FlinkAt, path: string): Promise<void>
  rescale(at: FlinkAt, jobId: string, requirements: ResourceRequirements): Promise<void>
  /** answers the jar's id */
  uploadJar(at: FlinkAt, file: string, name: string): Promise<string>
  /** 'duplicate': a job of this id was submitted before */
  runJar(at: FlinkAt, jarId: string, run: RunJar): Promise<'accepted' | 'duplicate'>
  deleteJar(at: FlinkAt, jarId: string): Promise<void>
}

export const flinkClient = (http: FlinkHttp): FlinkClient => {
  const ask = async (at: FlinkAt, r: Omit<FlinkRequest, 'base' | 'timeoutMs'>): Promise<unknown> => {
    const { status, body } = await http({ base: at.base, timeoutMs: at.timeoutMs, ...r })
    if (status < 200 || status > 299) throw new FlinkError(status, parseErrors(body), `${r.method} ${r.path}`)
    return body
  }
  const get = (at: FlinkAt, path: string) => ask(at, { method: 'GET', path })
  const unless404 = async <T>(otherwise: T, look: () => Promise<T>): Promise<T> => {
    try {
      return await look()
    } catch (error) {
      if (error instanceof FlinkError && error.status === 404) return otherwise
      throw error
    }
  }

  return {
    config: async (at) => parseConfig(await get(at, '/config')),
    jobs: async (at) => parseJobs(await get(at, '/jobs/overview')),
    taskManagerCount: async (at) => {
      const body = (await get(at, '/taskmanagers')) as { taskmanagers?: unknown[] }
      return body.taskmanagers?.length ?? 0
    },
    // 404 says either that checkpointing is off, or that the job is not known any more: then nothing is known of its checkpoints.
    async checkpoints(at, jobId) {
      try {
        return parseCheckpoints(await get(at, `/jobs/${jobId}/checkpoints`))
      } catch (error) {
        const isOff =
          error instanceof FlinkError &&
          error.status === 404 &&
          error.errors.some((text) => text.includes('Checkpointing has not been enabled'))
        if (isOff) return noCheckpoints
        throw error
      }
    },
    checkpointPath: (at, jobId, id) =>
      unless404(undefined, async () => {
        const body = (await get(at, `/jobs/${jobId}/checkpoints/details/${id}`)) as { external_path?: string }
        return body.external_path
      }),
    savepointTrigger: (at, jobId, id) =>
      unless404<TriggerFact>({ state: 'unknown' }, async () =>
        parseTrigger(await get(at, `/jobs/${jobId}/savepoints/${id}`)),
      ),
    checkpointTrigger: (at, jobId, id) =>
      unless404<TriggerFact>({ state: 'unknown' }, async () =>
        parseTrigger(await get(at, `/jobs/${jobId}/checkpoints/${id}`)),
      ),
    exceptions: (at, jobId) => unless404([], async () => parseExceptions(await get(at, `/jobs/${jobId}/exceptions`))),
    result: (at, jobId) =>
      unless404(undefined, async () => parseResult(await get(at, `/jobs/${jobId}/execution-result`))),
    jobMetrics: async (at, jobId, names) =>
      parseMetrics(await get(at, `/jobs/${jobId}/metrics?get=${names.map(encodeURIComponent).join(',')}`)),
    requirements: async (at, jobId) => parseRequirements(await get(at, `/jobs/${jobId}/resource-requirements`)),

    async stopWithSavepoint(at, jobId, o) {
      await ask(at, {
        method: 'POST',
        path: `/jobs/${jobId}/stop`,
        body: {
          ...(o.directory ? { targetDirectory: o.directory } : {}),
          drain: o.drain,
          formatType: o.format,
          triggerId: o.triggerId,
        },
      })
    },
    async savepoint(at, jobId, o) {
      await ask(at, {
        method: 'POST',
        path: `/jobs/${jobId}/savepoints`,
        body: {
          ...(o.directory ? { 'target-directory': o.directory } : {}),
          'cancel-job': false,
          formatType: o.format,
          triggerId: o.triggerId,
        },
      })
    },
    async checkpoint(at, jobId, o) {
      await ask(at, {
        method: 'POST',
        path: `/jobs/${jobId}/checkpoints`,
        body: { checkpointType: o.type, triggerId: o.triggerId },
      })
    },
    async cancel(at, jobId) {
      try {
        await ask(at, { method: 'PATCH', path: `/jobs/${jobId}?mode=cancel` })
        return 'accepted'
      } catch (error) {
        if (!(error instanceof FlinkError)) throw error
        if (error.status === 404) return 'missing'
        if (error.status === 409 || error.errors.some((e) => e.includes('already reached another terminal state')))
          return 'ended'
        throw error
      }
    },
    async dispose(at, path) {
      await ask(at, { method: 'POST', path: '/savepoint-disposal', body: { 'savepoint-path': path } })
    },
    async rescale(at, jobId, requirements) {
      await ask(at, {
        method: 'PUT',
        path: `/jobs/${jobId}/resource-requirements`,
        body: Object.fromEntries(
          Object.entries(requirements).map(([vertex, p]) => [
            vertex,
            { parallelism: { lowerBound: p.lower, upperBound: p.upper } },
          ]),
        ),
      })
    },
    async uploadJar(at, file, name) {
      const body = (await ask(at, { method: 'POST', path: '/jars/upload', upload: { file, name } })) as {
        filename: string
      }
      return body.filename.slice(body.filename.lastIndexOf('/') + 1)
    },
    async runJar(at, jarId, run) {
      try {
        await ask(at, {
          method: 'POST',
          path: `/jars/${encodeURIComponent(jarId)}/run`,
          body: {
            jobId: run.jobId,
            ...(run.entryClass ? { entryClass: run.entryClass } : {}),
            ...(run.args && run.args.length > 0 ? { programArgsList: run.args } : {}),
            ...(run.parallelism && run.parallelism > 0 ? { parallelism: run.parallelism } : {}),
            ...(run.savepointPath ? { savepointPath: run.savepointPath } : {}),
            ...(run.allowNonRestoredState !== undefined ? { allowNonRestoredState: run.allowNonRestoredState } : {}),
            ...(run.savepointPath ? { [run.modeField]: 'NO_CLAIM' } : {}),
            ...(run.flinkConfiguration ? { flinkConfiguration: run.flinkConfiguration } : {}),
          },
        })
        return 'accepted'
      } catch (error) {
        if (
          error instanceof FlinkError &&
          error.errors.some((e) => /Duplicate(Job|Application)SubmissionException/.test(e))
        )
          return 'duplicate'
        throw error
      }
    },
    async deleteJar(at, jarId) {
      await ask(at, { method: 'DELETE', path: `/jars/${encodeURIComponent(jarId)}` })
    },
  }
}
