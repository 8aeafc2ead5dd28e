/** `status.error` for what the rules find: upstream's format, so that its lifecycle markers and other readers keep working. */

const packages: Readonly<Record<string, string>> = { SerializedThrowable: 'org.apache.flink.util' }
const operatorPackage = 'org.apache.flink.kubernetes.operator.exception'
const fieldMaxLength = 2048

export type ErrorType =
  | 'ReconciliationException'
  | 'ValidationException'
  | 'UpgradeFailureException'
  | 'DeploymentFailedException'
  | 'MissingJobManagerException'
  | 'SerializedThrowable'

export const errorText = (type: ErrorType, message: string, metadata: Record<string, unknown> = {}): string =>
  JSON.stringify({
    type: `${packages[type] ?? operatorPackage}.${type}`,
    message: message.slice(0, fieldMaxLength),
    additionalMetadata: metadata,
    throwableList: [],
  })
