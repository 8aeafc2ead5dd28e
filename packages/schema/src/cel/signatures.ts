/** What common functions and methods of CEL take and give. A name that is missing here is not checked. */
import { bool, double, dyn, int, listOf, string, type Type } from './types.ts'

export interface Signature {
  /** for methods, the receiver first */
  takes: readonly Type[]
  gives(given: readonly Type[]): Type
}

const from = (takes: readonly Type[], gives: Type): Signature => ({ takes, gives: () => gives })
const anyOf = (types: readonly Type[], gives: Type): Signature[] => types.map((type) => from([type], gives))

const bytes: Type = { is: 'bytes' }
const uint: Type = { is: 'uint' }
const timestamp: Type = { is: 'timestamp' }
const duration: Type = { is: 'duration' }
const anyList = listOf(dyn)
const anyMap: Type = { is: 'map', key: dyn, value: dyn }
const sized = anyOf([string, bytes, anyList, anyMap], int)
const sets = [from([anyList, anyList], bool)]

export const functionTypes: Readonly<Record<string, readonly Signature[] | undefined>> = {
  size: sized,
  int: anyOf([int, uint, double, string, timestamp, duration], int),
  uint: anyOf([int, uint, double, string], uint),
  double: anyOf([int, uint, double, string], double),
  string: anyOf([string, bool, int, uint, double, bytes, timestamp, duration], string),
  bool: anyOf([bool, string], bool),
  bytes: anyOf([bytes, string], bytes),
  duration: anyOf([string, duration, int], duration),
  timestamp: anyOf([string, timestamp, int], timestamp),
  isURL: [from([string], bool)],
  isQuantity: [from([string], bool)],
  isIP: [from([string], bool)],
  isCIDR: [from([string], bool)],
  'sets.contains': sets,
  'sets.equivalent': sets,
  'sets.intersects': sets,
}

const question = [from([string, string], bool)]
const text = [from([string], string)]
const item: Signature = {
  takes: [anyList],
  gives: ([list]) => (list?.is === 'list' ? list.item : dyn),
}
const ofTime = [from([timestamp], int), from([timestamp, string], int)]
const ofClock = [...ofTime, from([duration], int)]
const searched = [from([string, string], int), from([string, string, int], int), from([anyList, dyn], int)]

export const methodTypes: Readonly<Record<string, readonly Signature[] | undefined>> = {
  size: sized,
  contains: question,
  startsWith: question,
  endsWith: question,
  matches: question,
  lowerAscii: text,
  upperAscii: text,
  trim: text,
  charAt: [from([string, int], string)],
  replace: [from([string, string, string], string), from([string, string, string, int], string)],
  substring: [from([string, int], string), from([string, int, int], string)],
  split: [from([string, string], listOf(string)), from([string, string, int], listOf(string))],
  join: [from([listOf(string)], string), from([listOf(string), string], string)],
  find: [from([string, string], string)],
  findAll: [from([string, string], listOf(string)), from([string, string, int], listOf(string))],
  indexOf: searched,
  lastIndexOf: searched,
  isSorted: [from([anyList], bool)],
  sum: [item],
  min: [item],
  max: [item],
  getFullYear: ofTime,
  getMonth: ofTime,
  getDate: ofTime,
  getDayOfMonth: ofTime,
  getDayOfWeek: ofTime,
  getDayOfYear: ofTime,
  getHours: ofClock,
  getMinutes: ofClock,
  getSeconds: ofClock,
  getMilliseconds: ofClock,
}
