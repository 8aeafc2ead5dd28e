/** Layers that only a deployment adds: generation, owner, job id, what to resume from, the job result store. */
import { haIsOn } from './ha.ts'
import type { Layer } from './layers.ts'
import { isSet, mapOf, spreadKeys, textOf } from './read.ts'

export const generationAnnotation = 'flinkdeployment.flink.apache.org/generation'

/** A path that exists nowhere: with HA metadata Flink never looks at it, without it the start fails instead of losing state. */
export const lastStateDummyPath = 'KUBERNETES_OPERATOR_LAST_STATE'

export const generation: Layer = {
  name: 'generation of the resource',
  settings: ({ config, input, notation }) => ({
    ...Object.fromEntries(spreadKeys(config, 'kubernetes.jobmanager.annotations').map((key) => [key, undefined])),
    'kubernetes.jobmanager.annotations': notation.map({
      ...mapOf(config, 'kubernetes.jobmanager.annotations'),
      [generationAnnotation]: String(input.resource.metadata.generation ?? 1),
    }),
  }),
}

export const owner: Layer = {
  name: 'owner',
  settings: ({ input, name, notation }) => ({
    'kubernetes.jobmanager.owner.reference': notation.maps([
      {
        apiVersion: input.resource.apiVersion ?? 'flink.apache.org/v1beta1',
        kind: input.resource.kind ?? 'FlinkDeployment',
        name,
        uid: input.resource.metadata.uid ?? '',
        blockOwnerDeletion: 'true',
        controller: 'false',
      },
    ]),
  }),
}

export const restorePoint: Layer = {
  name: 'restore',
  settings: ({ input, config, kind }) => {
    if (kind === 'session') return {}
    const { jobId, savepointPath, requireHa, allowNonRestoredState } = input.restore ?? {}
    return {
      ...(jobId && !isSet(config, '$internal.pipeline.job-id') ? { '$internal.pipeline.job-id': jobId } : {}),
      // A path of the user's own in the configuration would resurrect old state at every stateless start.
      'execution.savepoint.path': requireHa ? lastStateDummyPath : savepointPath,
      ...(allowNonRestoredState === undefined
        ? {}
        : { 'execution.savepoint.ignore-unclaimed-state': String(allowNonRestoredState) }),
    }
  },
}

export const jobResultStore: Layer = {
  name: 'job result store',
  settings: ({ input, config, kind, name }) => {
    const storage = textOf(
      config,
      'high-availability.storageDir',
      'high-availability.zookeeper.storageDir',
      'recovery.zookeeper.storageDir',
    )
    if (kind === 'session' || storage === undefined) return {}
    const { deploymentId, jobId } = input.restore ?? {}
    const id =
      deploymentId ?? jobId ?? config['$internal.pipeline.job-id'] ?? String(input.resource.metadata.generation ?? 1)
    return {
      // A directory per deployment: the result of an earlier run of the same job id must not keep this one from starting.
      'job-result-store.storage-path': `${storage}/job-result-store/${name}/${id}`,
      ...(isSet(config, 'job-result-store.delete-on-commit') ? {} : { 'job-result-store.delete-on-commit': 'false' }),
    }
  },
}

export const haClusterId: Layer = {
  name: 'high availability',
  settings: ({ config, name }) => (haIsOn(config) ? { 'high-availability.cluster-id': name } : {}),
}

/** Keys that speak to the operator and the autoscaler never reach the cluster. */
export const dropOperatorKeys: Layer = {
  name: 'operator keys',
  settings: ({ config }) =>
    Object.fromEntries(
      Object.keys(config)
        .filter((key) => key.startsWith('kubernetes.operator.') || key.startsWith('job.autoscaler.'))
        .map((key) => [key, undefined]),
    ),
}
