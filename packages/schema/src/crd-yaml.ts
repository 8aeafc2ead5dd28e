/** A CRD as the text that is committed and applied. */
import { stringify } from 'yaml'
import type { CustomResourceDefinition } from './crd.ts'

/** YAML without anchors and without folded lines, so that a change of one field is a change of one line. */
export const crdYaml = (crd: CustomResourceDefinition, header = ''): string =>
  (header ? `# ${header}\n` : '') + stringify(crd, { aliasDuplicateObjects: false, lineWidth: 0 })
