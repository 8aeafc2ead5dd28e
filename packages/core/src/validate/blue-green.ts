/**
 * What a FlinkBlueGreenDeployment must be like. Upstream has no rules of its own: it creates the children and lets their refusal end
 * up in its log. We look at the children before there are any, as FlinkDeployments of the longer of their two names.
 */
import type { FlinkBlueGreenDeploymentSpec } from '@drey/api'
import { blueGreenLayout, isJson, lookAtRecord, readSpec } from '../spec/index.ts'
import { blueGreenOptionProblems } from './blue-green-options.ts'
import type { ValidationContext } from './context.ts'
import { validateDeployment } from './deployment.ts'
import { ingressProblem } from './ingress.ts'
import { error, type Problem } from './problem.ts'
import { namedOf, specOf, unreadableProblems } from './subject.ts'

export const validateBlueGreen = (resource: unknown, context: ValidationContext): Problem[] => {
  const { spec, unreadable } = readSpec<FlinkBlueGreenDeploymentSpec>(specOf(resource), blueGreenLayout)
  const named = namedOf(resource)
  // Problems below the template are told once, by the child.
  const own = unreadableProblems(
    unreadable.filter(({ path }) => !path.startsWith('spec.template.spec.')),
    resource,
  )
  const ingress = spec.ingress ? ingressProblem(spec.ingress.template, named) : undefined
  const problems = [
    ...own,
    ...nameTooLong(named.name),
    ...blueGreenOptionProblems(spec.configuration),
    ...(ingress ? [ingress] : []),
  ]
  if (unreadable.some(({ path }) => path === 'spec' || path === 'spec.template' || path === 'spec.template.spec'))
    return problems
  if (!spec.template?.spec)
    return [
      ...problems,
      error(
        'spec.template.spec',
        'TEMPLATE_MISSING',
        'spec.template.spec is not set; it is the spec of both FlinkDeployments.',
        'Move the FlinkDeployment spec below spec.template.spec.',
      ),
    ]
  return [...problems, ...childProblems(resource, context)]
}

/** The longer ending is `-green`; the child's own limit is 45. */
const nameTooLong = (name: string): Problem[] =>
  name.length > 39
    ? [
        error(
          'metadata.name',
          'NAME_TOO_LONG',
          `The name has ${name.length} characters; with "-green" the FlinkDeployment would have more than 45.`,
          'Use at most 39 characters.',
        ),
      ]
    : []

const childProblems = (resource: unknown, context: ValidationContext): Problem[] => {
  const { name, namespace } = namedOf(resource)
  const child = {
    metadata: { name: `${name}-green`, ...(namespace === undefined ? {} : { namespace }) },
    spec: templateOf(resource),
  }
  const before = recordedTemplate(resource) ?? recordedTemplate(context.old) ?? templateOf(context.old)
  const { old: _, ...rest } = context
  return validateDeployment(child, before === undefined ? rest : { ...rest, old: { spec: before } })
    .filter((problem) => !(problem.code === 'NAME_INVALID' && name.length > 39))
    .map((problem) => ({ ...problem, path: problem.path.replace(/^spec\b/, 'spec.template.spec') }))
}

/** The template acted upon before: from the record, or the earlier version itself. */
const recordedTemplate = (resource: unknown): unknown => {
  const status = isJson(resource) && isJson(resource['status']) ? resource['status'] : {}
  const text = status['lastReconciledSpec']
  const look = lookAtRecord('FlinkBlueGreenDeployment', typeof text === 'string' ? text : undefined)
  return look.found === 'spec' ? look.record.spec.template?.spec : undefined
}

const templateOf = (resource: unknown): unknown => {
  const spec = specOf(resource)
  return isJson(spec) && isJson(spec['template']) ? spec['template']['spec'] : undefined
}
