/** The volumes of a pod template, with every source a cluster may know, the retired ones included. */
import { kit } from '@drey/schema'
import {
  b,
  fieldReference,
  i,
  labelSelector,
  objectMeta,
  quantities,
  quantity,
  reference,
  resourceFieldReference,
  t,
  textMap,
  texts,
} from './pod-parts.ts'
const { object, listOf } = kit

const items = listOf(object({ key: t, mode: i, path: t }))
const downwardItems = listOf(
  object({ fieldRef: fieldReference, mode: i, path: t, resourceFieldRef: resourceFieldReference }),
)
const projectedFile = object({ items, name: t, optional: b })

const claimTemplate = object({
  metadata: objectMeta,
  spec: object({
    accessModes: texts,
    dataSource: object({ apiGroup: t, kind: t, name: t }),
    dataSourceRef: object({ apiGroup: t, kind: t, name: t, namespace: t }),
    resources: object({ limits: quantities, requests: quantities }),
    selector: labelSelector,
    storageClassName: t,
    volumeAttributesClassName: t,
    volumeMode: t,
    volumeName: t,
  }),
})

const projectedSource = object({
  clusterTrustBundle: object({ labelSelector, name: t, optional: b, path: t, signerName: t }),
  configMap: projectedFile,
  downwardAPI: object({ items: downwardItems }),
  podCertificate: object({
    certificateChainPath: t,
    credentialBundlePath: t,
    keyPath: t,
    keyType: t,
    maxExpirationSeconds: i,
    signerName: t,
    userAnnotations: textMap,
  }),
  secret: projectedFile,
  serviceAccountToken: object({ audience: t, expirationSeconds: i, path: t }),
})

export const volume = object({
  awsElasticBlockStore: object({ fsType: t, partition: i, readOnly: b, volumeID: t }),
  azureDisk: object({ cachingMode: t, diskName: t, diskURI: t, fsType: t, kind: t, readOnly: b }),
  azureFile: object({ readOnly: b, secretName: t, shareName: t }),
  cephfs: object({ monitors: texts, path: t, readOnly: b, secretFile: t, secretRef: reference, user: t }),
  cinder: object({ fsType: t, readOnly: b, secretRef: reference, volumeID: t }),
  configMap: object({ defaultMode: i, items, name: t, optional: b }),
  csi: object({ driver: t, fsType: t, nodePublishSecretRef: reference, readOnly: b, volumeAttributes: textMap }),
  downwardAPI: object({ defaultMode: i, items: downwardItems }),
  emptyDir: object({ medium: t, sizeLimit: quantity }),
  ephemeral: object({ volumeClaimTemplate: claimTemplate }),
  fc: object({ fsType: t, lun: i, readOnly: b, targetWWNs: texts, wwids: texts }),
  flexVolume: object({ driver: t, fsType: t, options: textMap, readOnly: b, secretRef: reference }),
  flocker: object({ datasetName: t, datasetUUID: t }),
  gcePersistentDisk: object({ fsType: t, partition: i, pdName: t, readOnly: b }),
  gitRepo: object({ directory: t, repository: t, revision: t }),
  glusterfs: object({ endpoints: t, path: t, readOnly: b }),
  hostPath: object({ path: t, type: t }),
  image: object({ pullPolicy: t, reference: t }),
  iscsi: object({
    chapAuthDiscovery: b,
    chapAuthSession: b,
    fsType: t,
    initiatorName: t,
    iqn: t,
    iscsiInterface: t,
    lun: i,
    portals: texts,
    readOnly: b,
    secretRef: reference,
    targetPortal: t,
  }),
  name: t,
  nfs: object({ path: t, readOnly: b, server: t }),
  persistentVolumeClaim: object({ claimName: t, readOnly: b }),
  photonPersistentDisk: object({ fsType: t, pdID: t }),
  portworxVolume: object({ fsType: t, readOnly: b, volumeID: t }),
  projected: object({ defaultMode: i, sources: listOf(projectedSource) }),
  quobyte: object({ group: t, readOnly: b, registry: t, tenant: t, user: t, volume: t }),
  rbd: object({
    fsType: t,
    image: t,
    keyring: t,
    monitors: texts,
    pool: t,
    readOnly: b,
    secretRef: reference,
    user: t,
  }),
  scaleIO: object({
    fsType: t,
    gateway: t,
    protectionDomain: t,
    readOnly: b,
    secretRef: reference,
    sslEnabled: b,
    storageMode: t,
    storagePool: t,
    system: t,
    volumeName: t,
  }),
  secret: object({ defaultMode: i, items, optional: b, secretName: t }),
  storageos: object({ fsType: t, readOnly: b, secretRef: reference, volumeName: t, volumeNamespace: t }),
  vsphereVolume: object({ fsType: t, storagePolicyID: t, storagePolicyName: t, volumePath: t }),
})
