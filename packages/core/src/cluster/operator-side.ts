/** What rendering needs of the operator's configuration directory, from its files. */
import type { OperatorConfig } from '../config/index.ts'
import type { OperatorSide } from './input.ts'

/** `files` by name, as in the directory; `config` read from the same files. */
export const operatorSideOf = (files: Readonly<Record<string, string>>, config: OperatorConfig): OperatorSide => ({
  confIsYaml: config.syntax === 'yaml',
  logFiles: {
    ...(files['log4j-console.properties'] === undefined
      ? {}
      : { 'log4j-console.properties': files['log4j-console.properties'] }),
    ...(files['logback-console.xml'] === undefined ? {} : { 'logback-console.xml': files['logback-console.xml'] }),
  },
})
