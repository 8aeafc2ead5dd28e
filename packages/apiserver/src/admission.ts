/** Admission webhooks: which of them a write concerns, and calling them through an injected function. */
import type { KubeObject } from '@drey/reconcile'
import type { Kind } from './resources.ts'
import type { UserInfo } from './types.ts'

/** Where a webhook listens, as its configuration says. */
export interface WebhookClientConfig {
  url?: string
  service?: { namespace: string; name: string; path?: string; port?: number }
  caBundle?: string
}

/** Sends an AdmissionReview and gives its answer back; rejects when no answer comes in time. */
export type CallWebhook = (
  client: WebhookClientConfig,
  review: Record<string, unknown>,
  timeoutMs: number,
) => Promise<Record<string, unknown>>

export interface Reviewed {
  kind: Kind
  namespace?: string
  name?: string
  subresource?: string
  user: UserInfo
  options: { dryRun: boolean }
  warnings: string[]
}

export interface Admission {
  /** undefined: nobody asked to see this write. Otherwise the object after mutation; rejects with ApiError when refused. */
  review(
    write: Reviewed,
    operation: 'CREATE' | 'UPDATE' | 'DELETE',
    object: KubeObject | undefined,
    old: KubeObject | undefined,
  ): Promise<KubeObject> | undefined
}

export const noAdmission: Admission = { review: () => undefined }
