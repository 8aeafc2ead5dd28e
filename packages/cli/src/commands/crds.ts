/** `drey crds print|diff|apply`: the custom resource definitions, and what installing them would change. */
import { crds } from '@drey/api'
import { customResourceDefinitions } from '@drey/kube'
import type { KubeObject } from '@drey/reconcile'
import { crdYaml, type CustomResourceDefinition } from '@drey/schema'
import { command, exit, type Context, type Need } from '../command.ts'
import { planCrd, type CrdPlan } from '../offline/crd-plan.ts'
import type { Target } from '../target.ts'
import { withTarget } from './objects.ts'

const rights = (...verbs: string[]): Need[] =>
  verbs.map((verb) => ({ verb, resource: 'customresourcedefinitions.apiextensions.k8s.io' }))

export const crdsPrint = command({
  name: 'crds print',
  group: 'Cluster',
  summary: 'Print the CRDs, for kubectl apply -f -.',
  flags: {
    output: {
      short: 'o',
      type: 'text',
      value: 'FORMAT',
      summary: 'yaml or json',
      choices: ['yaml', 'json'],
      default: 'yaml',
    },
  },
  effect: 'read',
  examples: ['drey crds print | kubectl apply --server-side -f -'],
  run: ({ flags, stdout }) => {
    stdout(
      flags['output'] === 'json'
        ? `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: crds }, undefined, 2)}\n`
        : crds.map((crd) => crdYaml(crd)).join('---\n'),
    )
    return exit.ok
  },
})

export const crdsDiff = command({
  name: 'crds diff',
  group: 'Cluster',
  summary: 'Tell what installing the CRDs would change in the cluster.',
  needs: rights('get'),
  effect: 'read',
  examples: ['drey crds diff'],
  run: (context) =>
    withTarget(context, async (target) => {
      const plans = await plansFor(target)
      for (const { crd, plan } of plans) context.stdout(planText(crd, plan))
      return plans.every(({ plan }) => plan.do === 'nothing') ? exit.ok : exit.no
    }),
})

export const crdsApply = command({
  name: 'crds apply',
  group: 'Cluster',
  summary: 'Install the CRDs or bring them up to date; newer ones are left alone.',
  needs: rights('get', 'create', 'patch'),
  effect: 'change',
  examples: ['drey crds apply'],
  run: (context: Context) =>
    withTarget(context, async (target) => {
      context.stderr(`→ ${target.name}\n`)
      const plans = await plansFor(target)
      for (const { crd, plan } of plans) {
        if (plan.do === 'create' || plan.do === 'update')
          await target.client.apply(customResourceDefinitions, crd as unknown as KubeObject, 'drey', true)
        context.stdout(planText(crd, plan))
      }
      return plans.some(({ plan }) => plan.do === 'leave') ? exit.refused : exit.ok
    }),
})

interface Planned {
  crd: CustomResourceDefinition
  plan: CrdPlan
}

const plansFor = ({ client }: Target): Promise<Planned[]> =>
  Promise.all(
    crds.map(async (crd) => {
      const installed = await client.find({ type: customResourceDefinitions, name: crd.metadata.name })
      return { crd, plan: planCrd(installed as unknown as CustomResourceDefinition | undefined, crd) }
    }),
  )

const planText = ({ metadata: { name } }: CustomResourceDefinition, plan: CrdPlan): string => {
  switch (plan.do) {
    case 'create':
      return `${name}: created\n`
    case 'nothing':
      return `${name}: unchanged\n`
    case 'update':
      return `${name}: updated, ${plan.added.length} fields more, ${plan.changed.length} changed\n${listed('+', plan.added)}${listed('~', plan.changed)}`
    case 'leave':
      return `${name}: left alone, it is newer: it knows ${plan.missing.length} fields that this Drey does not\n${listed('-', plan.missing)}`
  }
}

const SHOWN = 12
const listed = (sign: string, paths: readonly string[]): string =>
  paths
    .slice(0, SHOWN)
    .map((path) => `  ${sign} ${path}\n`)
    .join('') + (paths.length > SHOWN ? `  ${sign} … ${paths.length - SHOWN} more\n` : '')
