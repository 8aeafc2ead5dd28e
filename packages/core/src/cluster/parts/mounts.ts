/** Optional mounts that options ask for: Secrets, environment from Secrets, an existing Hadoop ConfigMap. */
import type { Settings } from '../input.ts'
import { booleanOf, mapOf, mapsOf } from '../flink-config/read.ts'
import type { Additions } from './pod.ts'

/** `kubernetes.env.secretKeyRef: env:NAME,secret:s,key:k;…` */
export const secretEnv = (config: Settings): Additions => ({
  env: mapsOf(config, 'kubernetes.env.secretKeyRef').map((map) => ({
    name: map['env'],
    valueFrom: { secretKeyRef: { name: map['secret'], key: map['key'] } },
  })),
})

/** `kubernetes.secrets: name:/path,…` */
export const secretMounts = (config: Settings): Additions => {
  const secrets = Object.entries(mapOf(config, 'kubernetes.secrets'))
  return {
    volumes: secrets.map(([secret]) => ({ name: `${secret}-volume`, secret: { secretName: secret } })),
    volumeMounts: secrets.map(([secret, path]) => ({ name: `${secret}-volume`, mountPath: path })),
  }
}

/** Only a ConfigMap that exists in the cluster: we do not copy Hadoop files out of the operator's own environment. */
export const hadoopMount = (config: Settings, canBeOff: boolean): Additions => {
  const name = config['kubernetes.hadoop.conf.config-map.name']
  const off = canBeOff && !booleanOf(config, true, 'kubernetes.decorator.hadoop-conf-mount.enabled')
  if (name === undefined || off) return {}
  return {
    volumes: [{ name: 'hadoop-config-volume', configMap: { name } }],
    volumeMounts: [{ name: 'hadoop-config-volume', mountPath: '/opt/hadoop/conf' }],
    env: [{ name: 'HADOOP_CONF_DIR', value: '/opt/hadoop/conf' }],
  }
}
