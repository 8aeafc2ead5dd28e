/** From a CustomResourceDefinition to served kinds: names, conditions, one kind per served version. */
import type { KubeObject } from '@drey/reconcile'
import type { StructuralSchema } from '@drey/schema'
import type { PrinterColumn, SubresourceInfo, Verb } from './api-server.ts'
import type { Kind, Registry } from './resources.ts'
import { equalJson } from './json.ts'
import { fieldAt } from './selectors.ts'
import { customResourceShape } from './shape.ts'

type Json = Record<string, any>
const verbs: readonly Verb[] = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']
const writes = ['get', 'patch', 'update']

const known = new WeakMap<object, readonly Kind[]>()

/** The kinds a CRD serves. The same spec serves the same kinds; going through its schemas takes a while. */
export const kindsOf = (crd: KubeObject): readonly Kind[] => {
  const spec = crd['spec'] as Json
  let kinds = known.get(spec)
  if (!kinds) known.set(spec, (kinds = kindsOfSpec(spec)))
  return kinds
}

const kindsOfSpec = (spec: Json): Kind[] => {
  const names = spec['names'] as Json
  const storage = (spec['versions'] as Json[]).find((version) => version['storage'])
  return (spec['versions'] as Json[])
    .filter((version) => version['served'])
    .map((version) => {
      const schema = version['schema']?.openAPIV3Schema as StructuralSchema | undefined
      const scale = version['subresources']?.scale as Json | undefined
      const hasStatus = version['subresources']?.status !== undefined
      const subresources: SubresourceInfo[] = [
        ...(scale ? [{ name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: writes }] : []),
        ...(hasStatus ? [{ name: 'status', kind: names['kind'] as string, verbs: writes }] : []),
      ]
      const selectable = ((version['selectableFields'] ?? []) as { jsonPath: string }[]).map((field) =>
        field.jsonPath.replace(/^\./, ''),
      )
      return {
        group: spec['group'],
        version: version['name'],
        resource: names['plural'],
        singular: names['singular'],
        kind: names['kind'],
        listKind: names['listKind'],
        shortNames: names['shortNames'] ?? [],
        categories: names['categories'] ?? [],
        namespaced: spec['scope'] === 'Namespaced',
        verbs,
        subresources,
        ...(schema ? { schema: schema as Record<string, unknown>, structural: schema } : {}),
        ...(version['additionalPrinterColumns']
          ? { printerColumns: version['additionalPrinterColumns'] as PrinterColumn[] }
          : {}),
        ...(schema && someSchema(schema, (one) => one.default !== undefined) ? { defaultsOnRead: true } : {}),
        ...(schema && someSchema(schema, (one) => one['x-kubernetes-embedded-resource'] === true)
          ? { embeds: true }
          : {}),
        selectableFields: selectable,
        origin: 'crd',
        storage: version['storage'] === true,
        ...(version['deprecated'] ? { deprecated: true } : {}),
        ...(version['deprecated']
          ? {
              deprecationWarning:
                (version['deprecationWarning'] as string | undefined) ??
                `${spec['group']}/${version['name']} ${names['kind']} is deprecated`,
            }
          : {}),
        bucket: `${names['plural']}.${spec['group']}`,
        apiVersion: `${spec['group']}/${version['name']}`,
        storageApiVersion: `${spec['group']}/${(storage ?? version)['name']}`,
        strategy: { generation: true, status: hasStatus },
        shape: customResourceShape(schema),
        fields: {
          'metadata.name': (object) => object.metadata.name,
          'metadata.namespace': (object) => object.metadata.namespace ?? '',
          ...Object.fromEntries(selectable.map((field) => [field, fieldAt(field)])),
        },
        ...(scale
          ? {
              scale: {
                specReplicas: scale['specReplicasPath'],
                statusReplicas: scale['statusReplicasPath'],
                ...(scale['labelSelectorPath'] ? { selector: scale['labelSelectorPath'] as string } : {}),
              },
            }
          : {}),
      } satisfies Kind
    })
}

/** Names another CRD of the group already has. */
export const nameConflict = (crd: KubeObject, registry: Registry): { reason: string; message: string } | undefined => {
  const { group, names } = crd['spec'] as Json
  for (const other of registry.all()) {
    if (other.group !== group || other.bucket === `${names.plural}.${group}`) continue
    if (other.kind === names.kind || other.listKind === names.kind)
      return { reason: 'KindConflict', message: `${JSON.stringify(names.kind)} is already in use` }
    const taken = [other.resource, other.singular, ...other.shortNames]
    if (taken.includes(names.plural))
      return { reason: 'PluralConflict', message: `${JSON.stringify(names.plural)} is already in use` }
    for (const short of (names.shortNames ?? []) as string[])
      if (taken.includes(short))
        return { reason: 'ShortNamesConflict', message: `${JSON.stringify(short)} is already in use` }
  }
  return undefined
}

/** The status a CRD gets as soon as its names are judged; undefined when it has it already. */
export const acceptedStatus = (crd: KubeObject, registry: Registry, time: string): Json | undefined => {
  const names = (crd['spec'] as Json)['names'] as Json
  const status = (crd['status'] ?? {}) as Json
  const taken = nameConflict(crd, registry)
  const conditions = taken
    ? [
        { type: 'NamesAccepted', status: 'False', reason: taken.reason, message: taken.message },
        { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
      ]
    : [
        { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
        {
          type: 'Established',
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        },
      ]
  const old = (status['conditions'] ?? []) as Json[]
  const next = conditions.map((condition) => {
    const was = old.find((one) => one['type'] === condition.type)
    return was && was['status'] === condition.status && was['reason'] === condition.reason
      ? was
      : { ...condition, lastTransitionTime: time }
  })
  const others = old.filter((one) => !next.some((condition) => condition.type === one['type']))
  const accepted = taken ? (status['acceptedNames'] ?? { plural: '', kind: '' }) : names
  const result = {
    ...status,
    conditions: [...next, ...others],
    acceptedNames: accepted,
    storedVersions: status['storedVersions'] ?? [],
  }
  return equalJson(result, status) ? undefined : result
}

const someSchema = (schema: StructuralSchema, test: (schema: StructuralSchema) => boolean): boolean =>
  test(schema) ||
  Object.values(schema.properties ?? {}).some((one) => someSchema(one, test)) ||
  (schema.items !== undefined && someSchema(schema.items, test)) ||
  (typeof schema.additionalProperties === 'object' && someSchema(schema.additionalProperties, test))
