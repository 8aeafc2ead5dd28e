/** The volumes of a pod with the cluster behind them: references are watched, tokens are asked for. */
import { join } from 'node:path'
import { pathOf } from '@drey/reconcile'
import { serviceAccounts, type KubeClient } from '@drey/kube'
import type { ServiceAccountTokenProjection } from 'kubernetes-types/core/v1.d.ts'
import type { Pod } from '../../kinds/types.ts'
import type { NodeFacts } from '../pod/fields.ts'
import { podDir, type PodRecord } from '../pod/record.ts'
import type { References } from '../references.ts'
import { prepareVolumes, type PreparedVolume } from './prepare.ts'

export const podVolumes =
  (at: { client: KubeClient; refs: References; dir: string; facts: NodeFacts }) =>
  (pod: Pod, record: PodRecord): Promise<Map<string, PreparedVolume>> =>
    prepareVolumes(pod, {
      client: at.client,
      pod,
      node: at.facts,
      podIp: record.ip,
      dir: join(podDir(at.dir, record), 'volumes'),
      read: (kind, name) => at.refs.read(record.uid, kind, record.namespace, name),
      token: (request) => requestToken(at.client, pod, request),
    })

/** A token bound to the pod: it ends with it. */
export const requestToken = async (
  client: KubeClient,
  pod: Pod,
  { audience, expirationSeconds = 3600 }: Pick<ServiceAccountTokenProjection, 'audience' | 'expirationSeconds'>,
): Promise<string> => {
  const { name, namespace = 'default', uid = '' } = pod.metadata
  const account = pod.spec.serviceAccountName ?? 'default'
  const answer = await client.send<{ status: { token: string } }>({
    method: 'POST',
    path: pathOf(serviceAccounts, { namespace, name: account, subresource: 'token' }),
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        ...(audience ? { audiences: [audience] } : { audiences: [] }),
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    },
  })
  return answer.status.token
}
