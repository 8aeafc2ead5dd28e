/** Services: types, ports, and the addresses and node ports they are given. */
import type { KubeObject } from '@drey/reconcile'
import { ApiError, duplicateValue, invalidValue, required, unsupportedValue, type Cause } from '../errors.ts'
import { goStrings } from './go-text.ts'
import { notServiceName } from './names.ts'
import type { Draft, Strategy, WriteContext } from './strategy.ts'

type Json = Record<string, any>

const bucket = 'services'
const firstNodePort = 30_000
const lastNodePort = 32_767

/** The strategy for one address range, for example `10.96.0.0/16`. */
export const services = (cidr: string): Strategy => {
  const range = rangeOf(cidr)
  return {
    status: true,
    name: notServiceName,
    defaults(draft) {
      const spec: Json = (draft['spec'] ??= {})
      spec['type'] ??= 'ClusterIP'
      spec['sessionAffinity'] ??= 'None'
      for (const port of spec['ports'] ?? []) {
        port.protocol ??= 'TCP'
        port.targetPort ??= port.port
      }
      if (spec['sessionAffinity'] === 'ClientIP')
        spec['sessionAffinityConfig'] ??= { clientIP: { timeoutSeconds: 10800 } }
      if (spec['type'] !== 'ExternalName') spec['internalTrafficPolicy'] ??= 'Cluster'
      if (exposed(spec)) spec['externalTrafficPolicy'] ??= 'Cluster'
      if (spec['type'] === 'LoadBalancer') spec['allocateLoadBalancerNodePorts'] ??= true
    },
    create(draft, context) {
      allocate(draft, undefined, range, context)
      draft['status'] = { loadBalancer: {} }
    },
    update(draft, old, context) {
      const spec: Json = draft['spec']
      const was = old['spec'] as Json
      // a PUT without them keeps what was allocated
      if (spec['type'] !== 'ExternalName' && was['type'] !== 'ExternalName') {
        spec['clusterIP'] ??= was['clusterIP']
        spec['clusterIPs'] ??= spec['clusterIP'] === was['clusterIP'] ? was['clusterIPs'] : undefined
        spec['ipFamilies'] ??= was['ipFamilies']
        spec['ipFamilyPolicy'] ??= was['ipFamilyPolicy']
        if (
          spec['clusterIP'] !== was['clusterIP'] &&
          JSON.stringify(spec['clusterIPs']) === JSON.stringify(was['clusterIPs'])
        )
          spec['clusterIPs'] = [spec['clusterIP']]
      }
      if (exposed(spec)) {
        for (const port of spec['ports'] ?? [])
          port.nodePort ??= (was['ports'] ?? []).find(
            (one: Json) => one['port'] === port.port && one['protocol'] === port.protocol,
          )?.nodePort
      } else {
        delete spec['externalTrafficPolicy']
        if (exposed(was))
          for (const port of spec['ports'] ?? [])
            if ((was['ports'] ?? []).some((one: Json) => one['nodePort'] === port.nodePort)) delete port.nodePort
      }
      if (spec['type'] !== 'LoadBalancer') delete spec['allocateLoadBalancerNodePorts']
      allocate(draft, old, range, context)
    },
    validate,
  }
}

const exposed = (spec: Json): boolean => spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer'

const allocate = (draft: Draft, old: KubeObject | undefined, range: Range, { store, random }: WriteContext): void => {
  const spec: Json = draft['spec']
  const others = store.list(bucket).filter((one) => one.metadata.uid !== draft.metadata.uid)
  if (spec['type'] === 'ExternalName') {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'])
      if (spec[field] !== undefined && field !== 'clusterIP') delete spec[field]
    return
  }
  if (!spec['clusterIP'] || (spec['clusterIP'] !== 'None' && !old)) {
    const used = new Set(others.map((one) => (one['spec'] as Json)['clusterIP'] as string))
    if (!spec['clusterIP']) spec['clusterIP'] = freeAddress(range, used, random)
    else if (used.has(spec['clusterIP']))
      throw new ApiError(
        422,
        'Invalid',
        `Service "${draft.metadata.name}" is invalid: spec.clusterIPs: Invalid value: ${goStrings([spec['clusterIP']])}: failed to allocate IP ${spec['clusterIP']}: provided IP is already allocated`,
        {
          name: draft.metadata.name,
          kind: 'Service',
          causes: [
            {
              reason: 'FieldValueInvalid',
              message: `Invalid value: ${goStrings([spec['clusterIP']])}: failed to allocate IP ${spec['clusterIP']}: provided IP is already allocated`,
              field: 'spec.clusterIPs',
            },
          ],
        },
      )
  }
  spec['clusterIPs'] ??= [spec['clusterIP']]
  spec['ipFamilies'] ??= ['IPv4']
  spec['ipFamilyPolicy'] ??= 'SingleStack'
  if (!exposed(spec) || (spec['type'] === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] === false)) return
  const used = new Set(
    others.flatMap((one) => ((one['spec'] as Json)['ports'] ?? []).map((port: Json) => port['nodePort'])),
  )
  for (const port of spec['ports'] ?? []) {
    if (port.nodePort === undefined) {
      const same = spec['ports'].find((one: Json) => one !== port && one['port'] === port.port && one['nodePort'])
      port.nodePort = same?.nodePort ?? freePort(used, random)
    }
    used.add(port.nodePort)
  }
}

interface Range {
  first: number
  size: number
}
const rangeOf = (cidr: string): Range => {
  const [address = '10.96.0.0', bits = '16'] = cidr.split('/')
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  return { first, size: 2 ** (32 - Number(bits)) }
}
const dotted = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')

/** Random, then the next free one; the first address is the API's own, the last a broadcast. */
const freeAddress = ({ first, size }: Range, used: ReadonlySet<string>, random: () => number): string => {
  const start = Math.floor(random() * (size - 3))
  for (let step = 0; step < size - 3; step++) {
    const address = dotted(first + 2 + ((start + step) % (size - 3)))
    if (!used.has(address)) return address
  }
  throw new ApiError(500, 'InternalError', 'failed to allocate a serviceIP: range is full')
}

const freePort = (used: ReadonlySet<number>, random: () => number): number => {
  const size = lastNodePort - firstNodePort + 1
  const start = Math.floor(random() * size)
  for (let step = 0; step < size; step++) {
    const port = firstNodePort + ((start + step) % size)
    if (!used.has(port)) return port
  }
  throw new ApiError(500, 'InternalError', 'failed to allocate a nodePort: range is full')
}

function validate(draft: Draft, old: KubeObject | undefined): Cause[] {
  const spec: Json = draft['spec']
  const causes: Cause[] = []
  const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
  if (!types.includes(spec['type'])) causes.push(unsupportedValue('spec.type', spec['type'], types))
  const was = old?.['spec'] as Json | undefined
  if (
    was &&
    was['clusterIP'] &&
    was['type'] !== 'ExternalName' &&
    spec['type'] !== 'ExternalName' &&
    spec['clusterIP'] !== was['clusterIP']
  )
    causes.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${goStrings(spec['clusterIPs'])}: may not change once set`,
      field: 'spec.clusterIPs[0]',
    })
  if (!spec['ports']?.length && spec['clusterIP'] !== 'None' && spec['type'] !== 'ExternalName')
    causes.push(required('spec.ports'))
  if (spec['type'] === 'ExternalName' && !spec['externalName']) causes.push(required('spec.externalName'))
  const names = new Set<string>()
  const pairs = new Set<string>()
  for (const [index, port] of (spec['ports'] ?? []).entries()) {
    const at = `spec.ports[${index}]`
    if (!port.name && spec['ports'].length > 1) causes.push(required(`${at}.name`))
    else if (port.name) {
      if (names.has(port.name)) causes.push(duplicateValue(`${at}.name`, port.name))
      names.add(port.name)
    }
    if (!(port.port >= 1 && port.port <= 65535))
      causes.push(invalidValue(`${at}.port`, port.port ?? 0, 'must be between 1 and 65535, inclusive'))
    if (!['SCTP', 'TCP', 'UDP'].includes(port.protocol))
      causes.push(unsupportedValue(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']))
    const pair = `${port.protocol}/${port.port}`
    if (pairs.has(pair)) causes.push(duplicateValue(at, { protocol: port.protocol, port: port.port }))
    pairs.add(pair)
  }
  return causes
}
