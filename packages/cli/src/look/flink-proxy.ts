/** A JobManager's REST interface through the API server's proxy: whoever may look at a Service may ask, from anywhere. */
import { FlinkUnreachable, type FlinkHttp } from '@drey/flink'
import { KubeError, type KubeTransport, type Status } from '@drey/reconcile'

export const proxiedFlink =
  (transport: KubeTransport): FlinkHttp =>
  async ({ base, path, method, timeoutMs }) => {
    if (method !== 'GET') throw new Error(`${method} is not sent through the proxy`)
    const { hostname, port } = new URL(base)
    const [service = '', namespace = ''] = hostname.split('.')
    const [plain = '', query = ''] = path.split('?')
    const late = AbortSignal.timeout(timeoutMs)
    try {
      const { status, body } = await transport.send({
        method,
        path: `/api/v1/namespaces/${namespace}/services/${service}:${port}/proxy${plain}`,
        query: Object.fromEntries(new URLSearchParams(query)),
        signal: late,
      })
      const refusal = body as Partial<Status> | null
      if (refusal?.kind === 'Status' && refusal.status === 'Failure')
        throw status === 403
          ? new KubeError(status, refusal, path)
          : new FlinkUnreachable(refusal.message ?? `HTTP ${status}`, false)
      return { status, body }
    } catch (error) {
      if (error instanceof KubeError || error instanceof FlinkUnreachable) throw error
      throw new FlinkUnreachable(
        late.aborted ? `no answer within ${timeoutMs} ms` : (error as Error).message,
        late.aborted,
      )
    }
  }
