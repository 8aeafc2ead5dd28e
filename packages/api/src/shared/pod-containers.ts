/** The containers of a pod template. */
import { kit } from '@drey/schema'
import {
  appArmorOrSeccompProfile,
  b,
  fieldReference,
  i,
  nameValue,
  port,
  resourceFieldReference,
  resourceRequirements,
  seLinuxOptions,
  t,
  texts,
  windowsOptions,
} from './pod-parts.ts'
const { object, listOf } = kit

const keyReference = object({ key: t, name: t, optional: b })
const source = object({ name: t, optional: b })

const env = object({
  name: t,
  value: t,
  valueFrom: object({
    configMapKeyRef: keyReference,
    fieldRef: fieldReference,
    fileKeyRef: object({ key: t, optional: b, path: t, volumeName: t }),
    resourceFieldRef: resourceFieldReference,
    secretKeyRef: keyReference,
  }),
})

const exec = object({ command: texts })
const httpGet = object({ host: t, httpHeaders: listOf(nameValue), path: t, port, scheme: t })
const tcpSocket = object({ host: t, port })
const lifecycleHandler = object({ exec, httpGet, sleep: object({ seconds: i }), tcpSocket })

const probe = object({
  exec,
  failureThreshold: i,
  grpc: object({ port: i, service: t }),
  httpGet,
  initialDelaySeconds: i,
  periodSeconds: i,
  successThreshold: i,
  tcpSocket,
  terminationGracePeriodSeconds: i,
  timeoutSeconds: i,
})

const securityContext = object({
  allowPrivilegeEscalation: b,
  appArmorProfile: appArmorOrSeccompProfile,
  capabilities: object({ add: texts, drop: texts }),
  privileged: b,
  procMount: t,
  readOnlyRootFilesystem: b,
  runAsGroup: i,
  runAsNonRoot: b,
  runAsUser: i,
  seLinuxOptions,
  seccompProfile: appArmorOrSeccompProfile,
  windowsOptions,
})

const containerFields = {
  args: texts,
  command: texts,
  env: listOf(env),
  envFrom: listOf(object({ configMapRef: source, prefix: t, secretRef: source })),
  image: t,
  imagePullPolicy: t,
  lifecycle: object({ postStart: lifecycleHandler, preStop: lifecycleHandler, stopSignal: t }),
  livenessProbe: probe,
  name: t,
  ports: listOf(object({ containerPort: i, hostIP: t, hostPort: i, name: t, protocol: t })),
  readinessProbe: probe,
  resizePolicy: listOf(object({ resourceName: t, restartPolicy: t })),
  resources: resourceRequirements,
  restartPolicy: t,
  restartPolicyRules: listOf(object({ action: t, exitCodes: object({ operator: t, values: listOf(i) }) })),
  securityContext,
  startupProbe: probe,
  stdin: b,
  stdinOnce: b,
  terminationMessagePath: t,
  terminationMessagePolicy: t,
  tty: b,
  volumeDevices: listOf(object({ devicePath: t, name: t })),
  volumeMounts: listOf(
    object({
      mountPath: t,
      mountPropagation: t,
      name: t,
      readOnly: b,
      recursiveReadOnly: t,
      subPath: t,
      subPathExpr: t,
    }),
  ),
  workingDir: t,
}

export const container = object(containerFields)
export const ephemeralContainer = object({ ...containerFields, targetContainerName: t })
