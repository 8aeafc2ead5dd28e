/** What a pod spec must say, in the API server's sentences; the part of it that people get wrong. */
import { duplicateValue, invalidValue, required, unsupportedValue, type Cause } from '../errors.ts'
import { notConfigKey, notLabel, notSubdomain } from './names.ts'

type Json = Record<string, any>

const notFound = (field: string, value: unknown): Cause => ({
  reason: 'FieldValueNotFound',
  message: `Not found: ${JSON.stringify(value)}`,
  field,
})

export const validatePodSpec = (spec: Json, at: string): Cause[] => {
  const causes: Cause[] = []
  const volumes = new Set<string>()
  for (const [index, volume] of (spec['volumes'] ?? []).entries()) {
    const where = `${at}.volumes[${index}]`
    const before = causes.length
    if (!volume.name) causes.push(required(`${where}.name`))
    else {
      const wrong = notLabel(volume.name)
      if (wrong) causes.push(invalidValue(`${where}.name`, volume.name, wrong))
      if (volumes.has(volume.name)) causes.push(duplicateValue(`${where}.name`, volume.name))
    }
    causes.push(...validateVolume(volume, where))
    if (causes.length === before) volumes.add(volume.name)
  }
  if (!spec['containers']?.length) causes.push(required(`${at}.containers`))
  const names = new Set<string>()
  for (const [list, inits] of [
    ['containers', false],
    ['initContainers', true],
  ] as const)
    for (const [index, container] of (spec[list] ?? []).entries())
      causes.push(...validateContainer(container, `${at}.${list}[${index}]`, names, volumes, inits))
  const oneOf = (field: string, allowed: readonly string[]): void => {
    if (spec[field] !== undefined && !allowed.includes(spec[field]))
      causes.push(unsupportedValue(`${at}.${field}`, spec[field], allowed))
  }
  oneOf('restartPolicy', ['Always', 'OnFailure', 'Never'])
  oneOf('dnsPolicy', ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'])
  if (spec['serviceAccountName']) {
    const wrong = notSubdomain(spec['serviceAccountName'])
    if (wrong) causes.push(invalidValue(`${at}.serviceAccountName`, spec['serviceAccountName'], wrong))
  }
  if (spec['nodeName']) {
    const wrong = notSubdomain(spec['nodeName'])
    if (wrong) causes.push(invalidValue(`${at}.nodeName`, spec['nodeName'], wrong))
  }
  if (spec['activeDeadlineSeconds'] !== undefined && spec['activeDeadlineSeconds'] < 1)
    causes.push(
      invalidValue(
        `${at}.activeDeadlineSeconds`,
        spec['activeDeadlineSeconds'],
        'must be between 1 and 2147483647, inclusive',
      ),
    )
  for (const [index, alias] of (spec['hostAliases'] ?? []).entries())
    if (!isIp(alias.ip ?? ''))
      causes.push(
        invalidValue(
          `${at}.hostAliases[${index}].ip`,
          alias.ip,
          'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        ),
      )
  return causes
}

const isIp = (text: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(text) || text.includes(':')

const validateVolume = (volume: Json, at: string): Cause[] => {
  const causes: Cause[] = []
  if (volume['configMap'] && !volume['configMap'].name) causes.push(required(`${at}.configMap.name`))
  if (volume['secret'] && !volume['secret'].secretName) causes.push(required(`${at}.secret.secretName`))
  if (volume['hostPath'] && !volume['hostPath'].path) causes.push(required(`${at}.hostPath.path`))
  if (volume['persistentVolumeClaim'] && !volume['persistentVolumeClaim'].claimName)
    causes.push(required(`${at}.persistentVolumeClaim.claimName`))
  const sources = Object.keys(volume).filter((key) => key !== 'name')
  for (const extra of sources.slice(1))
    causes.push({
      reason: 'FieldValueForbidden',
      message: 'Forbidden: may not specify more than 1 volume type',
      field: `${at}.${extra}`,
    })
  return causes
}

const validateContainer = (
  container: Json,
  at: string,
  names: Set<string>,
  volumes: ReadonlySet<string>,
  isInit: boolean,
): Cause[] => {
  const causes: Cause[] = []
  if (!container['name']) causes.push(required(`${at}.name`))
  else {
    const wrong = notLabel(container['name'])
    if (wrong) causes.push(invalidValue(`${at}.name`, container['name'], wrong))
    else if (names.has(container['name'])) causes.push(duplicateValue(`${at}.name`, container['name']))
    names.add(container['name'])
  }
  if (!container['image']) causes.push(required(`${at}.image`))
  const ports = new Set<string>()
  for (const [index, port] of (container['ports'] ?? []).entries()) {
    const where = `${at}.ports[${index}]`
    if (port.name) {
      causes.push(...validatePortName(port.name, `${where}.name`))
      if (ports.has(port.name)) causes.push(duplicateValue(`${where}.name`, port.name))
      ports.add(port.name)
    }
    if (!port.containerPort) causes.push(required(`${where}.containerPort`))
    else causes.push(...validatePort(port.containerPort, `${where}.containerPort`))
    if (port.hostPort) causes.push(...validatePort(port.hostPort, `${where}.hostPort`))
    if (!['TCP', 'UDP', 'SCTP'].includes(port.protocol))
      causes.push(unsupportedValue(`${where}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']))
  }
  for (const [index, variable] of (container['env'] ?? []).entries())
    causes.push(...validateEnv(variable, `${at}.env[${index}]`))
  const mounts = new Set<string>()
  for (const [index, mount] of (container['volumeMounts'] ?? []).entries()) {
    const where = `${at}.volumeMounts[${index}]`
    if (!mount.name) causes.push(required(`${where}.name`))
    else if (!volumes.has(mount.name)) causes.push(notFound(`${where}.name`, mount.name))
    if (!mount.mountPath) causes.push(required(`${where}.mountPath`))
    else if (mounts.has(mount.mountPath))
      causes.push(invalidValue(`${where}.mountPath`, mount.mountPath, 'must be unique'))
    mounts.add(mount.mountPath)
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    if (container[name] && !(isInit && container['restartPolicy'] !== 'Always'))
      causes.push(...validateProbe(container[name], `${at}.${name}`, name))
  causes.push(...validateResources(container['resources'] ?? {}, `${at}.resources`))
  if (container['imagePullPolicy'] && !['Always', 'IfNotPresent', 'Never'].includes(container['imagePullPolicy']))
    causes.push(
      unsupportedValue(`${at}.imagePullPolicy`, container['imagePullPolicy'], ['Always', 'IfNotPresent', 'Never']),
    )
  return causes
}

const validatePortName = (name: string, at: string): Cause[] =>
  [
    name.length > 15 && 'must be no more than 15 characters',
    !/^[-a-z0-9]+$/.test(name) && 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
    !/[a-z]/.test(name) && 'must contain at least one letter (a-z)',
    name.includes('--') && 'must not contain consecutive hyphens',
    (name.startsWith('-') || name.endsWith('-')) && 'must not begin or end with a hyphen',
  ]
    .filter((why) => typeof why === 'string')
    .map((why) => invalidValue(at, name, why))

const validatePort = (port: number, at: string): Cause[] =>
  port >= 1 && port <= 65535 ? [] : [invalidValue(at, port, 'must be between 1 and 65535, inclusive')]

const validateEnv = (variable: Json, at: string): Cause[] => {
  if (!variable['name']) return [required(`${at}.name`)]
  const causes: Cause[] = []
  const source = variable['valueFrom']
  if (source) {
    const kinds = Object.keys(source)
    if (variable['value'])
      causes.push(invalidValue(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty'))
    if (kinds.length === 0)
      causes.push(
        invalidValue(
          `${at}.valueFrom`,
          '',
          'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
        ),
      )
    if (kinds.length > 1)
      causes.push(invalidValue(`${at}.valueFrom`, '', 'may not have more than one field specified at a time'))
    for (const kind of ['configMapKeyRef', 'secretKeyRef']) {
      const ref = source[kind]
      if (!ref) continue
      if (!ref.key) causes.push(required(`${at}.valueFrom.${kind}.key`))
      else {
        const wrong = notConfigKey(ref.key)
        if (wrong) causes.push(invalidValue(`${at}.valueFrom.${kind}.key`, ref.key, wrong))
      }
    }
    if (source.fieldRef && !source.fieldRef.fieldPath) causes.push(required(`${at}.valueFrom.fieldRef.fieldPath`))
  }
  return causes
}

const validateProbe = (probe: Json, at: string, kind: string): Cause[] => {
  const causes: Cause[] = []
  const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter((name) => probe[name])
  if (handlers.length === 0) causes.push(required(at, 'must specify a handler type'))
  for (const extra of handlers.slice(1))
    causes.push({
      reason: 'FieldValueForbidden',
      message: 'Forbidden: may not specify more than 1 handler type',
      field: `${at}.${extra}`,
    })
  for (const field of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ])
    if (probe[field] < 0)
      causes.push(invalidValue(`${at}.${field}`, probe[field], 'must be greater than or equal to 0'))
  if (kind !== 'readinessProbe' && probe['successThreshold'] !== 1)
    causes.push(invalidValue(`${at}.successThreshold`, probe['successThreshold'], 'must be 1'))
  return causes
}

const validateResources = (resources: Json, at: string): Cause[] => {
  const causes: Cause[] = []
  for (const part of ['limits', 'requests'] as const)
    for (const [name, value] of Object.entries(resources[part] ?? {})) {
      const limit = resources['limits']?.[name]
      if (part === 'requests' && limit !== undefined && amount(String(value)) > amount(String(limit)))
        causes.push(invalidValue(`${at}.requests`, value, `must be less than or equal to ${name} limit of ${limit}`))
    }
  return causes
}

const factors: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
}
const binary: Record<string, number> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 }

/** A Kubernetes quantity as a number; NaN when it is none. */
export const amount = (text: string): number => {
  const match = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(text)
  return match ? Number(match[1]) * (factors[match[2]!] ?? binary[match[2]!] ?? NaN) : NaN
}
