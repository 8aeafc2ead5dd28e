/** JSON texts that follow one another without any separator, as tools write and kubectl reads them. */

export interface Part {
  text: string
  /** where in the whole it begins */
  start: number
}

/** The parts of a stream of JSON objects; anything else is one part. */
export const partsOf = (text: string): Part[] => {
  if (!/^\s*\{/.test(text)) return [{ text, start: 0 }]
  const parts = objectsIn(text)
  return parts.length > 1 && parts.every(isJson) ? parts : [{ text, start: 0 }]
}

const objectsIn = (text: string): Part[] => {
  const parts: Part[] = []
  let [start, depth] = [0, 0]
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === '{' && depth++ === 0 && parts.length > 0) start = index
    if (token === '}' && --depth === 0) parts.push({ text: text.slice(start, index + 1), start })
  }
  const rest = text.slice((parts.at(-1)?.start ?? 0) + (parts.at(-1)?.text.length ?? 0))
  return rest.trim() === '' ? parts : []
}

const isJson = ({ text }: Part): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
