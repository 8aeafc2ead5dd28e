/** How each type of option value is read from, and written to, configuration text. */
import { parseDuration, printDuration } from './duration.ts'
import { parseMemorySize, printMemorySize } from './memory-size.ts'
import { parseList, parseMap, printList, printMap } from './quoting.ts'
import { parsed, unreadable, type Parsed } from './parsed.ts'

export interface Codec<T> {
  /** the word documentation uses */
  type: string
  parse(text: string): Parsed<T>
  print(value: T): string
  /** values a form or a completion may offer */
  choices?: readonly string[]
  /** a map may also be spread over keys: `<option key>.<map key>` */
  spread?: true
}

export const duration: Codec<number> = { type: 'Duration', parse: parseDuration, print: printDuration }
export const memorySize: Codec<number> = { type: 'MemorySize', parse: parseMemorySize, print: printMemorySize }
export const text: Codec<string> = { type: 'String', parse: parsed, print: (value) => value }
export const list: Codec<string[]> = { type: 'List', parse: parseList, print: printList }
export const map: Codec<Record<string, string>> = { type: 'Map', parse: parseMap, print: printMap, spread: true }

export const boolean: Codec<boolean> = {
  type: 'Boolean',
  choices: ['true', 'false'],
  print: String,
  parse: (text) => {
    const word = text.toUpperCase()
    return word === 'TRUE' || word === 'FALSE'
      ? parsed(word === 'TRUE')
      : unreadable(`"${text}" is neither true nor false`)
  },
}

export const integer: Codec<number> = {
  type: 'Integer',
  print: String,
  parse: (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
    return value >= -(2 ** 31) && value < 2 ** 31
      ? parsed(value)
      : unreadable(`"${text}" is not a whole number of 32 bits`)
  },
}

export const double: Codec<number> = {
  type: 'Double',
  print: (value) => (Number.isInteger(value) && Math.abs(value) < 1e7 ? value.toFixed(1) : String(value)),
  parse: (text) => {
    const trimmed = text.trim()
    // Java also reads "1.0d" and "1f".
    const plain = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?[dDfF]?$/i.test(trimmed)
    if (plain) return parsed(Number(trimmed.replace(/[dDfF]$/, '')))
    if (trimmed === 'NaN') return parsed(Number.NaN)
    if (/^[+-]?Infinity$/.test(trimmed)) return parsed(trimmed.startsWith('-') ? -Infinity : Infinity)
    return unreadable(`"${text}" is not a number`)
  },
}

/** One of some words; any case is read, the declared spelling is what comes out. */
export const oneOf = <const W extends string>(...words: readonly W[]): Codec<W> => ({
  type: 'Enum',
  choices: words,
  print: (value) => value,
  parse: (text) => {
    const found = words.find((word) => word.toLowerCase() === text.toLowerCase())
    return found === undefined ? unreadable(`"${text}" is none of ${words.join(', ')}`) : parsed(found)
  },
})
