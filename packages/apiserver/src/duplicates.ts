/**
 * Keys that a body names twice. JSON.parse keeps the last one silently; strict clients want to hear of it
 * (`fieldValidation`), so the text is read a second time, for its keys only.
 */
import { LineCounter, parseDocument, visit, isScalar } from 'yaml'

export interface Duplicate {
  /** in the API server's words: JSON names the path, YAML the line */
  complaint: string
  /** where in the text */
  at: number
}

/** In order of appearance; empty for a clean body. */
export const duplicateFields = (bytes: Buffer, contentType: string): Duplicate[] => {
  if (bytes[0] !== 0x7b) return contentType.includes('yaml') ? duplicatesInYaml(bytes.toString('utf8')) : []
  return [...duplicatesInJson(bytes.toString('utf8'))].map(([path, at]) => ({
    complaint: `duplicate field ${JSON.stringify(path)}`,
    at,
  }))
}

/** Expects text that JSON.parse accepted. */
const duplicatesInJson = (text: string): Map<string, number> => {
  const found = new Map<string, number>()
  let at = 0
  const space = (): void => {
    while (text.charCodeAt(at) <= 0x20) at++
  }
  /** leaves `at` behind the closing quote, returns the raw text between the quotes */
  const string = (): string => {
    const start = ++at
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === 0x22) return text.slice(start, at++)
      at += code === 0x5c ? 2 : 1
    }
  }
  const value = (path: () => string): void => {
    space()
    switch (text[at]) {
      case '{':
        return object(path)
      case '[':
        return array(path)
      case '"':
        return void string()
      default:
        while (at < text.length && !',]}'.includes(text[at]!)) at++
    }
  }
  const object = (path: () => string): void => {
    const keys = new Set<string>()
    at++
    for (space(); text[at] !== '}'; space()) {
      const start = at
      const raw = string()
      const key = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
      const here = (): string => (path() ? `${path()}.${key}` : key)
      if (keys.has(key) && !found.has(here())) found.set(here(), start)
      keys.add(key)
      space()
      at++ // the colon
      value(here)
      space()
      if (text[at] === ',') at++
    }
    at++
  }
  const array = (path: () => string): void => {
    at++
    let index = 0
    for (space(); text[at] !== ']'; space()) {
      const position = index++
      value(() => `${path()}[${position}]`)
      space()
      if (text[at] === ',') at++
    }
    at++
  }
  value(() => '')
  return found
}

const duplicatesInYaml = (text: string): Duplicate[] => {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { version: '1.1', merge: true, uniqueKeys: false, lineCounter })
  const found: string[] = []
  visit(document, {
    Map: (_, map) => {
      const keys = new Set<unknown>()
      for (const { key } of map.items) {
        if (!isScalar(key) || key.value === '<<') continue
        if (keys.has(key.value)) {
          const line = lineCounter.linePos(key.range?.[0] ?? 0).line
          found.push(`  line ${line}: key ${JSON.stringify(key.value)} already set in map`)
        }
        keys.add(key.value)
      }
    },
  })
  return found.length ? [{ complaint: `yaml: unmarshal errors:\n${found.join('\n')}`, at: 0 }] : []
}
