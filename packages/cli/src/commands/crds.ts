/** `drey crds print|diff|apply`: the custom resource definitions, and what installing them would change. */
import { crds } from '@drey/api'
import { crdYaml } from '@drey/schema'
import { command, exit, type Context, type Need } from '../command.ts'
import { installCrd, planCrds, type PlannedCrd } from '../install-crds.ts'
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
    withTarget(context, async ({ client }) => {
      const plans = await planCrds(client)
      for (const planned of plans) context.stdout(told(planned, WOULD))
      return plans.every(({ plan }) => plan.do === 'nothing') ? exit.ok : exit.no
    }),
})

export const crdsApply = command({
  name: 'crds apply',
  group: 'Cluster',
  summary: 'Install the CRDs or bring them up to date; newer ones are left alone.',
  needs: rights('get', 'create', 'update'),
  effect: 'change',
  examples: ['drey crds apply'],
  run: (context: Context) =>
    withTarget(context, async (target) => {
      context.stderr(`→ ${target.name}\n`)
      const plans = await planCrds(target.client)
      for (const planned of plans) {
        await installCrd(target.client, planned)
        context.stdout(told(planned, HAS))
      }
      return plans.some(({ plan }) => ['leave', 'stop', 'wait'].includes(plan.do)) ? exit.refused : exit.ok
    }),
})

interface Words {
  create: string
  update: string
}
const WOULD: Words = { create: 'would be created', update: 'would be updated' }
const HAS: Words = { create: 'created', update: 'updated' }

const told = ({ crd, plan }: PlannedCrd, words: Words): string => {
  const { name } = crd.metadata
  switch (plan.do) {
    case 'create':
      return `${name}: ${words.create}\n`
    case 'nothing':
      return `${name}: unchanged\n`
    case 'wait':
      return `${name}: is being deleted, with its objects; it waits for ${plan.finalizers.join(', ') || 'its objects'}\n  fix: drey crds apply, once it is gone\n`
    case 'update':
      return `${name}: ${words.update}, ${fields(plan.added.length)} more, ${plan.changed.length} changed\n${listed('+', plan.added)}${listed('~', plan.changed)}`
    case 'leave':
      return `${name}: left alone, it is newer: it knows ${fields(plan.missing.length)} that this Drey does not\n${listed('-', plan.missing)}`
    case 'stop':
      return `${name}: left alone, it serves only ${plan.versions.join(', ')}, whose objects cannot be converted\n  fix: stop the jobs with savepoints, delete the CRD, then drey crds apply and create the resources anew with initialSavepointPath\n`
  }
}

const fields = (count: number): string => `${count} ${count === 1 ? 'field' : 'fields'}`

const SHOWN = 12
const listed = (sign: string, paths: readonly string[]): string =>
  paths
    .slice(0, SHOWN)
    .map((path) => `  ${sign} ${path}\n`)
    .join('') + (paths.length > SHOWN ? `  ${sign} … ${paths.length - SHOWN} more\n` : '')
