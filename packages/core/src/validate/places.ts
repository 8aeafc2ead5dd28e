/** Where things stand in the spec of a deployment, for checks: paths of state, and the containers that run Flink. */
import { options, readingOf, type PodTemplate } from '@drey/api'
import { isJson, type Json } from '../spec/index.ts'
import { keyPath, originOf } from './config-checks.ts'
import type { DeploymentSubject } from './subject.ts'

export interface StatePath {
  path: string
  /** what the path is called in sentences */
  name: string
  text: string
}

const { checkpointDirectory, savepointDirectory, haStorageDir, jobResultStorePath } = options.flink
const PATH_OPTIONS = [checkpointDirectory, savepointDirectory, haStorageDir, jobResultStorePath]

export const statePaths = ({ spec, conf, layered }: DeploymentSubject): StatePath[] => {
  const configured = PATH_OPTIONS.flatMap((option): StatePath[] => {
    const reading = readingOf(option, conf)
    return reading.found === 'value'
      ? [{ path: keyPath(reading.key), name: `${reading.key}${originOf(layered, reading.key)}`, text: reading.text }]
      : []
  })
  const initial = spec.job?.initialSavepointPath
  return initial
    ? [...configured, { path: 'spec.job.initialSavepointPath', name: 'initialSavepointPath', text: initial }]
    : configured
}

type Template = PodTemplate | null | undefined

/** The pod specs that a role is made of: of the common template and of its own. */
export const pods = (...templates: Template[]): Json[] =>
  templates.map((template): Json => (isJson(template?.spec) ? (template.spec as Json) : {}))

export const mainContainers = (...templates: Template[]): Json[] =>
  pods(...templates)
    .flatMap((pod) => entries(pod['containers']))
    .filter(({ name }) => name === 'flink-main-container')

export const entries = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : [])
