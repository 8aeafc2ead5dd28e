/** Where a field of a document stands. */
import { isMap, isScalar, isSeq, type Document } from 'yaml'

/** The offset of a path such as `spec.job.args[0]`, or of the nearest thing above it that exists. */
export const offsetIn = (document: Document.Parsed, path: string): number => {
  let node: unknown = document.contents
  let offset = rangeOf(node) ?? 0
  let rest = path
  while (rest !== '') {
    const step = isMap(node) ? keyStep(node.items, rest) : isSeq(node) ? itemStep(node.items, rest) : undefined
    if (step === undefined) break
    ;({ node, rest } = step)
    offset = step.offset ?? offset
  }
  return offset
}

interface Step {
  node: unknown
  rest: string
  offset: number | undefined
}

/** The longest key that begins the rest of the path: keys of Flink have dots of their own. */
const keyStep = (items: readonly { key: unknown; value: unknown }[], rest: string): Step | undefined => {
  const found = items
    .map(({ key, value }) => ({ text: isScalar(key) ? String(key.value) : '', key, value }))
    .filter(({ text }) => text !== '' && (rest === text || rest.startsWith(`${text}.`) || rest.startsWith(`${text}[`)))
    .toSorted((a, b) => b.text.length - a.text.length)[0]
  return (
    found && { node: found.value, rest: rest.slice(found.text.length).replace(/^\./, ''), offset: rangeOf(found.key) }
  )
}

const itemStep = (items: readonly unknown[], rest: string): Step | undefined => {
  const [whole, index] = /^\[?(\d+)\]?\.?/.exec(rest) ?? []
  const node = index === undefined ? undefined : items[Number(index)]
  return node === undefined || whole === undefined
    ? undefined
    : { node, rest: rest.slice(whole.length), offset: rangeOf(node) }
}

const rangeOf = (node: unknown): number | undefined => (node as { range?: [number, number, number] } | null)?.range?.[0]
