/** A CRD as the text that is committed and applied. */
import { Document, isMap, isScalar, isSeq, visit } from 'yaml'
import type { CustomResourceDefinition } from './crd.ts'

/** YAML without anchors, one line per field: `image: { type: string, description: … }`. */
export const crdYaml = (crd: CustomResourceDefinition, header = ''): string => {
  const document = new Document(crd, { aliasDuplicateObjects: false })
  visit(document, {
    Map: (_, map) => {
      if (map.items.length > 0 && map.items.every((pair) => isPlain(pair.value))) map.flow = true
    },
    Seq: (_, list) => {
      if (list.items.every(isScalar)) list.flow = true
    },
  })
  return (header ? `# ${header}\n` : '') + document.toString({ lineWidth: 0 })
}

// Small values stay on the line of their field: scalars, lists of scalars, and the one-key maps `items` and `additionalProperties`.
const isPlain = (node: unknown): boolean =>
  isScalar(node) ||
  (isSeq(node) && node.items.every(isScalar)) ||
  (isMap(node) && node.items.length <= 1 && node.items.every((pair) => isScalar(pair.value)))
