/** The defaults of a pod spec and its parts, for pods and templates alike. */
type Json = Record<string, any>

const fill = (target: Json, defaults: Json): void => {
  for (const key in defaults) target[key] ??= defaults[key]
}

export const podSpecDefaults = (spec: Json): void => {
  fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  })
  const account = spec['serviceAccountName'] ?? spec['serviceAccount']
  if (account) spec['serviceAccountName'] = spec['serviceAccount'] = account
  for (const volume of spec['volumes'] ?? []) volumeDefaults(volume)
  for (const container of [...(spec['initContainers'] ?? []), ...(spec['containers'] ?? [])])
    containerDefaults(container, spec['hostNetwork'] === true)
}

const containerDefaults = (container: Json, hostNetwork: boolean): void => {
  fill(container, {
    imagePullPolicy: pullPolicy(String(container['image'] ?? '')),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    resources: {},
  })
  for (const port of container['ports'] ?? []) {
    port.protocol ??= 'TCP'
    if (hostNetwork) port.hostPort ??= port.containerPort
  }
  for (const variable of container['env'] ?? []) fieldRefDefaults(variable.valueFrom)
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'])
    if (container[name]) probeDefaults(container[name])
  for (const name of ['postStart', 'preStop']) httpDefaults(container['lifecycle']?.[name]?.httpGet)
}

const probeDefaults = (probe: Json): void => {
  fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 })
  httpDefaults(probe['httpGet'])
  if (probe['grpc']) probe['grpc'].service ??= ''
}

const httpDefaults = (http: Json | undefined): void => {
  if (http) fill(http, { path: '/', scheme: 'HTTP' })
}

const fieldRefDefaults = (source: Json | undefined): void => {
  if (source?.['fieldRef']) source['fieldRef'].apiVersion ??= 'v1'
  if (source?.['resourceFieldRef']) source['resourceFieldRef'].divisor ??= '0'
}

const volumeDefaults = (volume: Json): void => {
  if (Object.keys(volume).length === 1 && volume['name']) volume['emptyDir'] = {}
  for (const kind of ['configMap', 'secret', 'downwardAPI', 'projected'])
    if (volume[kind]) volume[kind].defaultMode ??= 420
  if (volume['hostPath']) volume['hostPath'].type ??= ''
  for (const item of volume['downwardAPI']?.items ?? []) fieldRefDefaults(item)
  for (const source of volume['projected']?.sources ?? []) {
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600
    for (const item of source.downwardAPI?.items ?? []) fieldRefDefaults(item)
  }
  if (volume['ephemeral']?.volumeClaimTemplate?.spec)
    volume['ephemeral'].volumeClaimTemplate.spec.volumeMode ??= 'Filesystem'
}

/** Images without a tag, or tagged `latest`, are always pulled; a digest without a tag counts as a tag. */
const pullPolicy = (image: string): string => {
  const name = image.slice(image.lastIndexOf('/') + 1)
  if (name.includes('@')) return 'IfNotPresent'
  const tag = name.split(':')[1]
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent'
}
