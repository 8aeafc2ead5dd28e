/** What a schema asks of texts, numbers and choices. */
import { formatIsKnown, hasFormat } from './formats.ts'
import { sameJson } from './json.ts'
import { matchesPattern } from './pattern.ts'
import { notSupported, tooLong, typeInvalid } from './problem.ts'
import type { StructuralSchema } from './structural.ts'
import { at, named, refuse, type Walk } from './telling.ts'

export const checkString = (schema: StructuralSchema, text: string, name: string, walk: Walk): void => {
  const { maxLength, minLength, pattern, format } = schema
  if (maxLength !== undefined && text.length > maxLength && codePoints(text) > maxLength)
    walk.problems.push(tooLong(at(walk, name), maxLength))
  else if (minLength !== undefined && codePoints(text) < minLength)
    refuse(walk, name, text, `should be at least ${minLength} chars long`)
  else if (pattern !== undefined && !matchesPattern(pattern, text))
    refuse(walk, name, text, `should match '${pattern}'`)
  if (format !== undefined && formatIsKnown(format) && !hasFormat(format, text))
    walk.problems.push(
      typeInvalid(at(walk, name), text, `${named(name)} must be of type ${format}: ${JSON.stringify(text)}`),
    )
}

export const checkNumber = (schema: StructuralSchema, value: number, name: string, walk: Walk): void => {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  if (multipleOf !== undefined && !isMultiple(value, multipleOf))
    refuse(walk, name, value, `should be a multiple of ${multipleOf}`)
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum))
    refuse(walk, name, value, `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`)
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum))
    refuse(walk, name, value, `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`)
}

export const checkEnum = (schema: StructuralSchema, value: unknown, name: string, walk: Walk): void => {
  const allowed = schema.enum!
  for (const one of allowed) if (one === value || (typeof one === 'object' && sameJson(one, value))) return
  walk.problems.push(notSupported(at(walk, name), value, allowed))
}

const codePoints = (text: string): number => {
  let count = 0
  for (const _ of text) count++
  return count
}

const isMultiple = (value: number, factor: number): boolean => {
  const quotient = value / factor
  return Math.abs(quotient - Math.round(quotient)) < 1e-9
}
