/** What `drey doctor --context NAME` finds: whether a cluster has what Flink resources need, and whether somebody works on them. */
import { flinkDeployments, flinkSessionJobs } from '@drey/api'
import type { KubeObject, ResourceType } from '@drey/reconcile'
import type { Finding } from './finding.ts'
import { planCrds } from './install-crds.ts'
import type { Target } from './target.ts'

/** oldest Kubernetes whose server-side validation and CRD rules the resources count on */
const oldestMinor = 25
/** an operator looks at a change within seconds; so long without it means that none is there */
const unseenAfterMs = 60_000

/** Each question stands for itself: what may not be read is a line of its own. */
export const clusterFindings = async (target: Target): Promise<Finding[]> => {
  // A cluster that does not answer at all is the caller's problem.
  const first = await apiVersion(target)
  const answers = await Promise.all(
    [crds, rights, operator].map((question) =>
      question(target).catch((error: Error): Finding[] => [
        { mark: '-', what: question.name, text: `cannot be told: ${error.message}` },
      ]),
    ),
  )
  return [...first, ...answers.flat()]
}

const apiVersion = async ({ client, name }: Target): Promise<Finding[]> => {
  const { gitVersion, minor } = await client.send<{ gitVersion: string; minor: string }>({
    method: 'GET',
    path: '/version',
  })
  const isOld = Number.parseInt(minor, 10) < oldestMinor
  return [
    {
      mark: isOld ? '!' : '✓',
      what: 'API server',
      text: `${gitVersion} · ${name}${isOld ? `; older than 1.${oldestMinor}, which nothing is tried on` : ''}`,
    },
  ]
}

const crds = async ({ client }: Target): Promise<Finding[]> =>
  (await planCrds(client)).map(({ crd, plan }): Finding => {
    const what = crd.spec.names.kind
    switch (plan.do) {
      case 'nothing':
        return { mark: '✓', what, text: 'its CRD is the one of this version' }
      case 'create':
        return { mark: '✗', what, text: 'its CRD is not installed', fix: 'drey crds apply' }
      case 'update':
        return {
          mark: '!',
          what,
          text: 'its CRD is older than this version',
          fix: 'drey crds diff, then: drey crds apply',
        }
      case 'wait':
        return { mark: '✗', what, text: 'its CRD is being deleted', fix: 'drey crds apply, once it is gone' }
      case 'leave':
        return { mark: '!', what, text: `its CRD is newer: it knows ${plan.missing.slice(0, 3).join(', ')}` }
      case 'stop':
        return { mark: '✗', what, text: `its CRD has other versions: ${plan.versions.join(', ')}` }
    }
  })

const wantedVerbs = ['get', 'list', 'watch', 'create', 'patch', 'delete']

const rights = async ({ client, namespace }: Target): Promise<Finding[]> => {
  const refused = await Promise.all(
    [flinkDeployments, flinkSessionJobs].flatMap((type) =>
      wantedVerbs.map(async (verb) => ((await mayI(type, verb)) ? [] : [`${verb} ${type.resource}`])),
    ),
  )
  const missing = refused.flat()
  return [
    missing.length === 0
      ? { mark: '✓', what: 'your rights', text: `everything on Flink resources in ${namespace}` }
      : { mark: '!', what: 'your rights', text: `in ${namespace} you may not ${missing.join(', ')}` },
  ]
  async function mayI({ group, resource }: ResourceType, verb: string): Promise<boolean> {
    const answer = await client.send<{ status?: { allowed?: boolean } }>({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { namespace, verb, group, resource } },
      },
    })
    return answer.status?.allowed === true
  }
}

interface Resource extends KubeObject {
  status?: { observedGeneration?: number }
}

/** An operator leaves its trace in every resource: the generation it has seen. */
const operator = async ({ client }: Target): Promise<Finding[]> => {
  const items = (
    await Promise.all([flinkDeployments, flinkSessionJobs].map((type) => client.list<Resource>(type)))
  ).flatMap((list) => list.items)
  const what = 'operator'
  if (items.length === 0) return [{ mark: '-', what, text: 'no Flink resource shows whether one is there' }]
  const unseen = items.filter(
    ({ metadata, status }) =>
      status?.observedGeneration !== metadata.generation &&
      Date.now() - Date.parse(metadata.creationTimestamp ?? '') > unseenAfterMs,
  )
  return [
    unseen.length === 0
      ? { mark: '✓', what, text: `has seen all ${items.length} Flink resources as they are` }
      : {
          mark: '!',
          what,
          text: `has not seen the newest spec of ${unseen.length} of ${items.length}, among them ${unseen[0]!.metadata.namespace}/${unseen[0]!.metadata.name}`,
          fix: 'is one running? drey operator, or its Deployment in the cluster',
        },
  ]
}
