/**
 * `${NAME}` in the settings of file systems. Flink itself takes such a text literally. Its plug-ins for S3, Azure and OSS read their
 * settings through Hadoop's Configuration, which knows `${env.NAME}` (Hadoop ≥ 3.0, with every Flink from 1.13): so a reference that
 * is written in Hadoop's way is resolved by the process at its start, and the value stands nowhere else.
 */

/** Settings with these beginnings reach Hadoop's Configuration (`HadoopConfigLoader` of the plug-ins). */
const PREFIXES = ['s3.', 's3a.', 'fs.s3a.', 'presto.s3.', 'fs.azure.', 'azure.', 'fs.oss.']
/** … but these Flink reads itself. */
const OF_FLINK = ['s3.entropy.', 's3.upload.', 's3.s5cmd.']

/** `${NAME}`, `${NAME:-default}` and `${NAME-default}`; a name with dots is Hadoop's own affair. */
const REFERENCE = /\$\{([A-Za-z_]\w*)(:?-[^{}]*)?\}/g

export interface Reference {
  name: string
  hasDefault: boolean
}

export const isReadByHadoop = (key: string): boolean =>
  PREFIXES.some((prefix) => key.startsWith(prefix)) && !OF_FLINK.some((prefix) => key.startsWith(prefix))

/** The environment variables that a value names. */
export const referencesIn = (value: string): Reference[] =>
  [...value.matchAll(REFERENCE)].map(([, name, fallback]) => ({ name: name!, hasDefault: fallback !== undefined }))

/** The value as Hadoop's Configuration resolves it; itself when it names no variable. */
export const inHadoopsWords = (value: string): string => value.replace(REFERENCE, '${env.$1$2}')
