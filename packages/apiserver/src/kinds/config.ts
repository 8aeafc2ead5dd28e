/** ConfigMaps and Secrets: keys, sizes, immutability. */
import { badRequest, forbiddenField, invalidValue, type Cause } from '../errors.ts'
import { equalJson } from '../json.ts'
import { notConfigKey } from './names.ts'
import type { Strategy } from './strategy.ts'

type Json = Record<string, any>

const immutable = (field: string, draft: Json, old: Json | undefined): Cause[] =>
  old && !equalJson(draft[field] ?? null, old[field] ?? null)
    ? [invalidValue(field, draft[field], 'field is immutable')]
    : []

const frozenWhenImmutable = (draft: Json, old: Json | undefined, fields: readonly string[]): Cause[] => {
  if (!old?.['immutable']) return []
  const why = 'field is immutable when `immutable` is set'
  return [
    ...(draft['immutable'] ? [] : [forbiddenField('immutable', why)]),
    ...fields
      .filter((field) => !equalJson(draft[field] ?? null, old[field] ?? null))
      .map((field) => forbiddenField(field, why)),
  ]
}

const validateKeys = (data: Json | undefined, field: string): Cause[] =>
  Object.keys(data ?? {}).flatMap((key) => {
    const wrong = notConfigKey(key)
    return wrong ? [invalidValue(`${field}[${key}]`, key, wrong)] : []
  })

const mostBytes = 1024 * 1024

const sizeOf = (...parts: (Json | undefined)[]): number =>
  parts.reduce(
    (sum, part) => sum + Object.entries(part ?? {}).reduce((all, [, value]) => all + String(value).length, 0),
    0,
  )

export const configMaps: Strategy = {
  validate: (draft, old) => [
    ...validateKeys(draft['data'], 'data'),
    ...validateKeys(draft['binaryData'], 'binaryData'),
    ...frozenWhenImmutable(draft, old, ['data', 'binaryData']),
    ...(sizeOf(draft['data'], draft['binaryData']) > mostBytes
      ? [{ reason: 'FieldValueTooLong', message: `Too long: may not be more than ${mostBytes} bytes`, field: '' }]
      : []),
  ],
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** UTF-8 text as base64, without leaving plain JavaScript. */
const encode = (text: string): string => {
  const bytes = new TextEncoder().encode(text)
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

export const secrets: Strategy = {
  defaults(draft) {
    draft['type'] ??= 'Opaque'
    for (const value of Object.values<string>(draft['data'] ?? {}))
      if (!base64.test(value))
        throw badRequest(
          `Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte ${badByte(value)}`,
        )
    if (draft['stringData']) {
      draft['data'] = {
        ...draft['data'],
        ...Object.fromEntries(Object.entries<string>(draft['stringData']).map(([key, value]) => [key, encode(value)])),
      }
      delete draft['stringData']
    }
  },
  validate: (draft, old) => [
    ...immutable('type', draft, old),
    ...validateKeys(draft['data'], 'data'),
    ...frozenWhenImmutable(draft, old, ['data', 'type']),
    ...(sizeOf(draft['data']) * 0.75 > mostBytes
      ? [{ reason: 'FieldValueTooLong', message: `Too long: may not be more than ${mostBytes} bytes`, field: 'data' }]
      : []),
  ],
}

const badByte = (value: string): number => {
  const at = value.search(/[^A-Za-z0-9+/=]/)
  return at < 0 ? value.length - (value.length % 4) : at
}
