/**
 * The members of each spec in the order in which upstream records them, with their kinds. One table serves three purposes: reading
 * a spec as leniently as upstream's reader does, saying where it cannot be read, and writing recorded specs byte for byte.
 */
import { flinkDeploymentSpec, flinkVersions } from '@drey/api'
import type { StructuralSchema } from '@drey/schema'

export type Kind =
  | 'text'
  /** 32 bits */
  | 'int'
  /** 64 bits */
  | 'long'
  | 'double'
  | 'flag'
  | 'texts'
  | 'text map'
  /** `flinkConfiguration`: any object, kept as it is */
  | 'configuration'
  /** read, not written: its meaning is elsewhere */
  | 'object'
  | { words: readonly string[] }
  | { members: Layout }
  /** a list of such objects */
  | { each: Layout }
  /** a Kubernetes object of this schema: null members and empty lists and maps are left out */
  | { model: StructuralSchema }

/** `assumed` is written when the member is missing; without it, null is. */
export type Member = readonly [name: string, kind: Kind, assumed?: unknown]
export type Layout = readonly Member[]

/** The schema of a spec below `path`, as the CRD has it. */
const schemaAt = (...path: string[]): StructuralSchema =>
  path.reduce<StructuralSchema>((schema, name) => schema.properties?.[name] ?? {}, flinkDeploymentSpec)

const podTemplate: Member = ['podTemplate', { model: schemaAt('podTemplate') }]

export const jobLayout: Layout = [
  ['jarURI', 'text'],
  ['parallelism', 'int', 0],
  ['entryClass', 'text'],
  ['args', 'texts', []],
  ['state', { words: ['running', 'suspended'] }, 'running'],
  ['savepointTriggerNonce', 'long'],
  ['initialSavepointPath', 'text'],
  ['checkpointTriggerNonce', 'long'],
  ['upgradeMode', { words: ['savepoint', 'last-state', 'stateless'] }, 'stateless'],
  ['allowNonRestoredState', 'flag'],
  ['savepointRedeployNonce', 'long'],
  ['autoscalerResetNonce', 'long'],
]

const resourceLayout: Layout = [
  ['cpu', 'double'],
  ['memory', 'text'],
  ['ephemeralStorage', 'text'],
]

const component = (replicas: Member): Layout => [
  ['resource', { members: resourceLayout }],
  ['resources', { model: schemaAt('jobManager', 'resources') }],
  replicas,
  podTemplate,
]

const ingressLayout: Layout = [
  ['template', 'text'],
  ['className', 'text'],
  ['annotations', 'text map'],
  ['labels', 'text map'],
  ['tls', { model: schemaAt('ingress', 'tls') }],
]

const common: Layout = [
  ['job', { members: jobLayout }],
  ['restartNonce', 'long'],
  ['flinkConfiguration', 'configuration', {}],
]

export const deploymentLayout: Layout = [
  ...common,
  ['image', 'text'],
  ['imagePullPolicy', 'text'],
  ['serviceAccount', 'text'],
  ['flinkVersion', { words: flinkVersions }],
  ['ingress', { members: ingressLayout }],
  podTemplate,
  ['jobManager', { members: component(['replicas', 'int', 1]) }],
  ['taskManager', { members: component(['replicas', 'int']) }],
  ['logConfiguration', 'text map'],
  ['mode', { words: ['native', 'standalone'] }],
]

export const sessionJobLayout: Layout = [...common, ['deploymentName', 'text']]

export const blueGreenLayout: Layout = [
  ['ingress', { members: ingressLayout }],
  [
    'template',
    {
      members: [
        ['metadata', { model: schemaAt('podTemplate', 'metadata') }],
        ['spec', { members: deploymentLayout }],
      ],
    },
  ],
  ['configuration', 'text map'],
]

export const snapshotLayout: Layout = [
  [
    'jobReference',
    {
      members: [
        ['kind', { words: ['FlinkDeployment', 'FlinkSessionJob'] }],
        ['name', 'text'],
      ],
    },
  ],
  [
    'savepoint',
    {
      members: [
        ['path', 'text'],
        ['formatType', { words: ['CANONICAL', 'NATIVE', 'UNKNOWN'] }, 'CANONICAL'],
        ['disposeOnDelete', 'flag', true],
        ['alreadyExists', 'flag', false],
      ],
    },
  ],
  ['checkpoint', 'object'],
  ['backoffLimit', 'int', -1],
]
