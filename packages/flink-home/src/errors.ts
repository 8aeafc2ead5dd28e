/** What can go wrong with a Flink home: a code for machines, a sentence for people, and what to do about it. */
export type FlinkHomeErrorCode =
  | 'FLINK_VERSION_UNKNOWN'
  | 'REGISTRY_UNREACHABLE'
  | 'CHECKSUM_MISMATCH'
  | 'ARCHIVE_REFUSED'
  | 'NOT_A_DISTRIBUTION'
  | 'DISK_FULL'
  | 'HOME_IN_USE'
  | 'JAVA_MISSING'
  | 'MEMORY_CONFIGURATION'
  | 'PLUGIN_MISSING'
  | 'COMMAND_REFUSED'

export class FlinkHomeError extends Error {
  readonly code: FlinkHomeErrorCode
  /** one sentence that tells what helps; empty if nothing is known to help */
  readonly fix: string
  constructor(code: FlinkHomeErrorCode, message: string, fix = '', options?: ErrorOptions) {
    super(fix ? `${message} ${fix}` : message, options)
    this.name = 'FlinkHomeError'
    this.code = code
    this.fix = fix
  }
}
