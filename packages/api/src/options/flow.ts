/** YAML on one line, spelled as the YAML writer inside Flink does: `[a, 'x:y']`, `{k: '1'}`. Such text is a value in `config.yaml`. */
import { javaDouble } from './java-number.ts'

/** Lists, maps (Map or plain object) and scalars; a scalar alone comes out quoted only where it would read as something else. */
export const printFlow = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(printFlow).join(', ')}]`
  if (value instanceof Map) return printPairs([...value])
  if (typeof value === 'object' && value !== null) return printPairs(Object.entries(value))
  if (typeof value === 'string') return isPlain(value) ? value : `'${value.replaceAll("'", "''")}'`
  return typeof value === 'number' ? printNumber(value) : String(value)
}

/** A number as configuration text: whole numbers as they are, all others in Java's notation for doubles. */
export const printNumber = (value: number): string => {
  if (!Number.isInteger(value) || Math.abs(value) >= 1e21) return javaDouble(value)
  return Object.is(value, -0) ? '0' : BigInt(value).toString()
}

const printPairs = (pairs: [unknown, unknown][]): string =>
  `{${pairs.map(([key, value]) => `${printFlow(key)}: ${printFlow(value)}`).join(', ')}}`

// In flow context a plain scalar may not hold any indicator, and it must not look like another type (YAML 1.2 core schema).
const isPlain = (text: string): boolean =>
  /^[^\s#,[\]{}&*!|>'"%@`?:-][^\s,?[\]{}:]*$/.test(spaceless(text)) && text.trim() === text && !OTHER_TYPE.test(text)
const spaceless = (text: string): string => text.replaceAll(/(\S) (?=[^\s#])/g, '$1_').replace(/^-(?=\S)/, '_')
const OTHER_TYPE =
  /^(null|true|false|~|[-+]?(\d+|0o[0-7]+|0x[0-9a-f]+)|[-+]?(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?|[-+]?\.inf|\.nan)?$/i
