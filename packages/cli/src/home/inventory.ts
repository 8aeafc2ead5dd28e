/** What runs on a home, in words for the person who ends it. A home that does not answer at once is not waited for. */
import { flinkDeployments, flinkSessionJobs, type FlinkDeployment } from '@drey/api'
import { httpTransport, kubeClient, loadCluster, pods } from '@drey/kube'
import type { KubeObject } from '@drey/reconcile'
import type { HomePaths } from './paths.ts'

const patienceMs = 3_000

/** One line per Flink resource with a job or a cluster, then the number of pods. */
export const inventory = async (paths: HomePaths): Promise<string[]> => {
  const transport = httpTransport(await loadCluster({ file: paths.kubeconfig }), 'drey')
  const client = kubeClient(transport)
  const look = async (): Promise<string[]> => {
    const flink = await Promise.all(
      [flinkDeployments, flinkSessionJobs].map((type) =>
        client.list<FlinkDeployment & KubeObject>(type).then(
          ({ items }) => items.map((item) => ({ ...item, kind: type.kind })),
          () => [],
        ),
      ),
    )
    const running = (await client.list(pods)).items.filter(
      (pod) => (pod['status'] as { phase?: string } | undefined)?.phase === 'Running',
    )
    return [
      ...flink
        .flat()
        .map(
          ({ kind, metadata, status }) =>
            `${kind} ${metadata.namespace}/${metadata.name}${status?.jobStatus?.state ? ` (${status.jobStatus.state})` : ''}`,
        ),
      ...(running.length > 0 ? [`${running.length} pod${running.length === 1 ? '' : 's'}`] : []),
    ]
  }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string[]>((resolve) => (timer = setTimeout(() => resolve([]), patienceMs)))
  try {
    return await Promise.race([look().catch(() => []), late])
  } finally {
    clearTimeout(timer)
    await transport.close()
  }
}
