/** `spec.flinkConfiguration`, flat or nested with values of any type, as the flat text map that Flink knows. Total on any input. */
import { printNumber } from './flow.ts'

/**
 * Nested keys are joined by dots, a later key wins, empty maps and lists leave no key, lists become `a;b` (containers inside them an
 * empty part), null becomes the four letters. Anything but an object has no entries.
 */
export const flattenConfiguration = (configuration: unknown): Map<string, string> => {
  const entries = new Map<string, string>()
  if (isObject(configuration)) addEntries(configuration, '', entries, 0)
  return entries
}

const addEntries = (
  object: Record<string, unknown>,
  prefix: string,
  into: Map<string, string>,
  depth: number,
): void => {
  for (const [name, value] of Object.entries(object)) {
    const key = prefix + name
    if (isObject(value)) {
      // Deeper than any real key; a hostile document must not exhaust the stack.
      if (depth < 100) addEntries(value, `${key}.`, into, depth + 1)
    } else if (Array.isArray(value)) {
      if (value.length > 0)
        into.set(
          key,
          value.map((part) => (part !== null && typeof part === 'object' ? '' : scalarText(part))).join(';'),
        )
    } else {
      into.set(key, scalarText(value))
    }
  }
}

const scalarText = (value: unknown): string => (typeof value === 'number' ? printNumber(value) : String(value))

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
