/**
 * OpenAPI v2 as client-go reads it: protobuf, in the messages of github.com/google/gnostic-models, openapiv2/OpenAPIv2.proto
 * (numbers of fields from there). Only what our documents say is written.
 */
import { booleanField, doubleField, integerField, messageField, textField } from '../protobuf/write.ts'
import type { Json, Version2 } from './version2.ts'

/** What clients ask for, in the old spelling and in the one that is a valid media type; the second is answered. */
export const protobufTypes = [
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
  'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
] as const

export const version2Protobuf = ({ swagger, info, paths, definitions }: Version2): Buffer =>
  Buffer.concat([
    textField(1, swagger),
    messageField(2, [textField(1, info.title), textField(2, info.version)]),
    messageField(
      8,
      Object.entries(paths).map(([path, { patch }]) =>
        messageField(2, [textField(1, path), messageField(2, [messageField(8, operation(patch))])]),
      ),
    ),
    messageField(9, named(definitions)),
  ])

const operation = (patch: Json): Buffer[] => [
  ...((patch['parameters'] ?? []) as { name: string; in: string; type: string }[]).map((one) => {
    const query = [textField(2, one.in), textField(4, one.name), textField(6, one.type)]
    // parameter → not in the body → in the query
    return messageField(8, [messageField(1, [messageField(2, [messageField(3, query)])])])
  }),
  ...extensions(13, patch),
]

const named = (schemas: Record<string, Json>): Buffer[] =>
  Object.entries(schemas).map(([name, one]) => messageField(1, [textField(1, name), messageField(2, schema(one))]))

const schema = (one: Json): Buffer[] => [
  ...Object.entries(one).flatMap(([key, value]) => {
    const written = fields[key]?.(value as never)
    return written === undefined ? [] : Array.isArray(written) ? written : [written]
  }),
  ...extensions(31, one),
]

type Write<T> = (value: T) => Buffer | Buffer[]
const text =
  (number: number): Write<string> =>
  (value) =>
    textField(number, value)
const integer =
  (number: number): Write<number> =>
  (value) =>
    integerField(number, value)
const double =
  (number: number): Write<number> =>
  (value) =>
    doubleField(number, value)
const boolean =
  (number: number): Write<boolean> =>
  (value) =>
    booleanField(number, value)

const fields: Readonly<Record<string, Write<never>>> = {
  $ref: text(1),
  format: text(2),
  title: text(3),
  description: text(4),
  default: (value: unknown) => messageField(5, any(value)),
  multipleOf: double(6),
  maximum: double(7),
  exclusiveMaximum: boolean(8),
  minimum: double(9),
  exclusiveMinimum: boolean(10),
  maxLength: integer(11),
  minLength: integer(12),
  pattern: text(13),
  maxItems: integer(14),
  minItems: integer(15),
  uniqueItems: boolean(16),
  maxProperties: integer(17),
  minProperties: integer(18),
  required: (names: readonly string[]) => names.map((name) => textField(19, name)),
  enum: (values: readonly unknown[]) => values.map((value) => messageField(20, any(value))),
  additionalProperties: (value: boolean | Json) =>
    messageField(21, [typeof value === 'boolean' ? booleanField(2, value) : messageField(1, schema(value))]),
  type: (value: string) => messageField(22, [textField(1, value)]),
  items: (value: Json) => messageField(23, [messageField(1, schema(value))]),
  properties: (value: Record<string, Json>) => messageField(25, named(value)),
}

const extensions = (number: number, one: Json): Buffer[] =>
  Object.entries(one).flatMap(([key, value]) =>
    key.startsWith('x-') ? [messageField(number, [textField(1, key), messageField(2, any(value))])] : [],
  )

/** a value of any shape travels as YAML, which JSON is */
const any = (value: unknown): Buffer[] => [textField(2, `${JSON.stringify(value)}\n`)]
