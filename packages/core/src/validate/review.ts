/** The admission webhook without its HTTP: an AdmissionReview in, the answer out. The shell resolves hosts, reads caches and serves. */
import { isJson, readSpec, sessionJobLayout, type Json } from '../spec/index.ts'
import type { FlinkSessionJobSpec } from '@drey/api'
import type { ValidationContext } from './context.ts'
import { isAllowed, problemText } from './problem.ts'
import { specOf } from './subject.ts'
import { validateResource } from './validate.ts'

export type ReviewAnswer =
  | { status: 200; body: { apiVersion: string; kind: 'AdmissionReview'; response: Json } }
  | { status: 400 | 404; body: string }

const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT']
export const TARGET_SESSION_LABEL = 'target.session'

/** `path` without a query. Every body has an answer; what is no review is a 400, which Kubernetes takes for a failure of the webhook. */
export const answerReview = (path: string, review: unknown, context: ValidationContext): ReviewAnswer => {
  if (path !== '/validate' && path !== '/mutate')
    return { status: 404, body: `There is nothing at ${path}; reviews go to /validate or /mutate.` }
  const request = isJson(review) ? review['request'] : undefined
  if (!isJson(request)) return { status: 400, body: 'The body is not an AdmissionReview with a request.' }
  const operation = request['operation']
  if (typeof operation !== 'string' || !OPERATIONS.includes(operation))
    return { status: 400, body: 'The request names no operation that is known.' }
  const object = request['object']
  const response = path === '/mutate' ? mutation(operation, object) : validation(operation, object, context)
  const uid = request['uid']
  return {
    status: 200,
    body: {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { ...(uid === undefined ? {} : { uid }), ...response },
    },
  }
}

/** Deletions are never refused; warnings travel along, so that kubectl shows them. */
const validation = (operation: string, object: unknown, context: ValidationContext): Json => {
  if (operation === 'DELETE') return { allowed: true }
  const problems = validateResource(object, context)
  const warnings = problems.filter(({ severity }) => severity === 'warning').map(problemText)
  const told = warnings.length === 0 ? {} : { warnings }
  if (isAllowed(problems)) return { allowed: true, ...told }
  const errors = problems.filter(({ severity }) => severity === 'error')
  return { allowed: false, status: { code: 403, message: errors.map(problemText).join(' ') }, ...told }
}

/** A session job carries the name of its cluster as a label, so that it can be selected by it. Nothing else is ever changed. */
const mutation = (operation: string, object: unknown): Json => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: base64(JSON.stringify(operation === 'CREATE' || operation === 'UPDATE' ? sessionLabel(object) : [])),
})

const sessionLabel = (object: unknown): Json[] => {
  if (!isJson(object) || object['kind'] !== 'FlinkSessionJob') return []
  const { deploymentName } = readSpec<FlinkSessionJobSpec>(specOf(object), sessionJobLayout).spec
  const metadata = object['metadata']
  const labels = isJson(metadata) ? metadata['labels'] : undefined
  if (deploymentName === undefined || !isJson(metadata)) return []
  if (!isJson(labels))
    return [{ op: 'add', path: '/metadata/labels', value: { [TARGET_SESSION_LABEL]: deploymentName } }]
  return labels[TARGET_SESSION_LABEL] === deploymentName
    ? []
    : [{ op: 'add', path: `/metadata/labels/${TARGET_SESSION_LABEL}`, value: deploymentName }]
}

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)))
