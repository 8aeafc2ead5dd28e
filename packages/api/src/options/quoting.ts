/** Flink's list and map texts: `a;b;'c;d'` and `k1:v1,k2:v2`; quotes protect a delimiter, doubled quotes stand for themselves. */
import { parse as parseYaml } from 'yaml'
import { parsed, unreadable, type Parsed } from './parsed.ts'

/** The parts between delimiters; surrounding quotes removed. An empty text has one empty part. */
export const splitQuoted = (text: string, delimiter: string): Parsed<string[]> => {
  const parts: string[] = []
  let at = 0
  for (;;) {
    const part = readPart(text, at, delimiter)
    if (!part.ok) return part
    parts.push(part.value.text)
    if (part.value.end >= text.length) return parsed(parts)
    at = part.value.end + 1
    if (at === text.length) {
      parts.push('')
      return parsed(parts)
    }
  }
}

/** A part as it must be written so that `splitQuoted` gives it back. */
export const quoted = (part: string, ...delimiters: string[]): string =>
  [...delimiters, "'", '"'].some((special) => part.includes(special)) ? `'${part.replaceAll("'", "''")}'` : part

/**
 * A list: `a;b`, or YAML flow text `[a, b]`, which stands in configurations read from `config.yaml`.
 * Parts are trimmed and empty parts dropped, as every upstream reader of a list does before using it.
 */
export const parseList = (text: string): Parsed<string[]> => {
  const flow = parseFlow(text, '[')
  if (Array.isArray(flow)) return parsed(flow.map(textOf))
  const parts = splitQuoted(text, ';')
  return parts.ok ? parsed(parts.value.map((part) => part.trim()).filter((part) => part !== '')) : parts
}

/** A map: `k1:v1,k2:v2`, or YAML flow text `{k1: v1}`. */
export const parseMap = (text: string): Parsed<Record<string, string>> => {
  const flow = parseFlow(text, '{')
  if (flow !== undefined && flow !== null && typeof flow === 'object')
    return parsed(Object.fromEntries(Object.entries(flow).map(([key, value]) => [key, textOf(value)])))
  const pairs = splitQuoted(text, ',')
  if (!pairs.ok) return pairs
  const entries: [string, string][] = []
  for (const pair of pairs.value.filter((part) => part.trim() !== '')) {
    const sides = splitQuoted(pair, ':')
    if (!sides.ok) return sides
    if (sides.value.length !== 2)
      return unreadable(`"${pair}" is not a pair; a map looks like "key1:value1,key2:value2"`)
    entries.push([sides.value[0]!.trim(), sides.value[1]!.trim()])
  }
  return parsed(Object.fromEntries(entries))
}

export const printList = (parts: readonly string[]): string => parts.map((part) => quoted(part, ';')).join(';')

export const printMap = (map: Readonly<Record<string, string>>): string =>
  Object.entries(map)
    .map(([key, value]) => quoted(`${quoted(key, ':')}:${quoted(value, ':')}`, ','))
    .join(',')

const readPart = (text: string, from: number, delimiter: string): Parsed<{ text: string; end: number }> => {
  const quote = text[from]
  if (quote !== "'" && quote !== '"') {
    const next = text.indexOf(delimiter, from)
    const end = next < 0 ? text.length : next
    const part = text.slice(from, end)
    return /['"]/.test(part) ? unreadable(`"${text}" has a quote in the middle of a part`) : parsed({ text: part, end })
  }
  let part = ''
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] !== quote) part += text[at]
    else if (text[at + 1] === quote) part += text[at++]
    else if (at + 1 === text.length || text[at + 1] === delimiter) return parsed({ text: part, end: at + 1 })
    else return unreadable(`"${text}" goes on after a closing quote`)
  }
  return unreadable(`"${text}" does not close its quote`)
}

/** Reading YAML takes time with the square of its brackets, and anybody may write a megabyte of them. */
const isOverlong = (text: string): boolean => text.length > 100_000 || (text.match(/[[{]/g)?.length ?? 0) > 500

const parseFlow = (text: string, opening: string): unknown => {
  if (!text.trimStart().startsWith(opening) || isOverlong(text)) return undefined
  try {
    return parseYaml(text) as unknown
  } catch {
    return undefined
  }
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)
