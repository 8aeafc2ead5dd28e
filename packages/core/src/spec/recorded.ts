/**
 * `lastReconciledSpec` and `lastStableSpec`: the spec that was acted upon, as text inside the status. We write what upstream would
 * write, byte for byte, because it compares the two texts literally and reads ours after a return; we read every form it ever wrote.
 */
import type { FlinkBlueGreenDeploymentSpec, FlinkDeploymentSpec, FlinkSessionJobSpec } from '@drey/api'
import { blueGreenLayout, deploymentLayout, sessionJobLayout, type Layout } from './layout.ts'
import { perText } from '../memo.ts'
import { isJson, readSpec, type Json, type Unreadable } from './read.ts'
import { writeMembers } from './write.ts'

export interface SpecOfKind {
  FlinkDeployment: FlinkDeploymentSpec
  FlinkSessionJob: FlinkSessionJobSpec
  FlinkBlueGreenDeployment: FlinkBlueGreenDeploymentSpec
}
export type RecordedKind = keyof SpecOfKind

export interface RecordedSpec<Spec = FlinkDeploymentSpec | FlinkSessionJobSpec> {
  /** as it stands in the status; kept untouched while the meaning stays, since upstream compares texts */
  text: string
  spec: Spec
  /** no upgrade was ever attempted; false when the record does not say */
  firstDeployment: boolean
  /** members that could not be read and are missing in `spec` */
  unreadable: readonly Unreadable[]
}

/** What stands in a status: nothing (before the first deployment), a spec, or a text that nobody can read. */
export type RecordLook<Spec> =
  { found: 'nothing' } | { found: 'spec'; record: RecordedSpec<Spec> } | { found: 'unreadable'; why: string }

/** Total: any text, any of the historic forms. Null members count as missing; a missing member means its default. */
export const lookAtRecord = <K extends RecordedKind>(
  kind: K,
  text: string | null | undefined,
): RecordLook<SpecOfKind[K]> => {
  if (text === null || text === undefined || text === '') return { found: 'nothing' }
  return looks[kind](text) as RecordLook<SpecOfKind[K]>
}

const look = <K extends RecordedKind>(kind: K, text: string): RecordLook<SpecOfKind[K]> => {
  const json = parseObject(text)
  if (json === undefined) return { found: 'unreadable', why: 'it is not a JSON object' }
  const metadata = json['resource_metadata']
  // The oldest form is the spec itself, with apiVersion beside its members.
  // No spec has a member `spec`, so what has one is the wrapper, its metadata lost or not.
  const wrapped = kind === 'FlinkBlueGreenDeployment' || isJson(metadata) || isJson(json['spec'])
  const inner = wrapped ? json['spec'] : withoutApiVersion(json)
  if (!isJson(inner)) return { found: 'unreadable', why: 'it holds no spec' }
  const { spec, unreadable } = readSpec<SpecOfKind[K]>(inner, layouts[kind])
  const firstDeployment = isJson(metadata) && metadata['firstDeployment'] === true
  return { found: 'spec', record: { text, spec, firstDeployment, unreadable } }
}

/** The same text is read in every pass, and several times in each. */
const remembered = 4_096
const looks: Record<RecordedKind, (text: string) => RecordLook<unknown>> = {
  FlinkDeployment: perText(remembered, (text) => look('FlinkDeployment', text)),
  FlinkSessionJob: perText(remembered, (text) => look('FlinkSessionJob', text)),
  FlinkBlueGreenDeployment: perText(remembered, (text) => look('FlinkBlueGreenDeployment', text)),
}

/** The recorded spec, or undefined for none. A text that cannot be read counts as none here: validation refuses such a resource. */
export const readRecordedSpec = <Spec = FlinkDeploymentSpec>(
  text: string | null | undefined,
): RecordedSpec<Spec> | undefined => {
  // Session jobs have one member of their own, a text; the layout of deployments keeps it as it is.
  const look = lookAtRecord('FlinkDeployment', text)
  return look.found === 'spec' ? (look.record as unknown as RecordedSpec<Spec>) : undefined
}

/** A spec as it is to be recorded. Blue/green records carry no metadata. */
export const recordSpec = <Spec>(
  kind: RecordedKind,
  spec: Spec,
  { firstDeployment }: { firstDeployment: boolean },
): RecordedSpec<Spec> => {
  const inner = writeMembers(spec as Json, layouts[kind])
  const metadata = `,"resource_metadata":{"apiVersion":"flink.apache.org/v1beta1","firstDeployment":${firstDeployment}}`
  return {
    text: `{"spec":${inner}${kind === 'FlinkBlueGreenDeployment' ? '' : metadata}}`,
    spec,
    firstDeployment,
    unreadable: [],
  }
}

/** The text alone. */
export const writeRecordedSpec = (kind: RecordedKind, spec: object, facts: { firstDeployment: boolean }): string =>
  recordSpec(kind, spec, facts).text

const layouts: Record<RecordedKind, Layout> = {
  FlinkDeployment: deploymentLayout,
  FlinkSessionJob: sessionJobLayout,
  FlinkBlueGreenDeployment: blueGreenLayout,
}

const parseObject = (text: string): Json | undefined => {
  try {
    const value = JSON.parse(text) as unknown
    return isJson(value) ? value : undefined
  } catch {
    return undefined
  }
}

const withoutApiVersion = (json: Json): Json =>
  Object.fromEntries(Object.entries(json).filter(([name]) => name !== 'apiVersion'))
