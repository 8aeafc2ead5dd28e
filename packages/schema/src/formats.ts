/** The `format`s of strings that the API server judges; every other name it ignores (`int32`, `int64` included). */
import { compiled } from './pattern.ts'

/** Whether the API server looks at this format at all. Dashes do not count: `date-time` is `datetime`. */
export const formatIsKnown = (format: string): boolean => Object.hasOwn(formats, plain(format))

export const hasFormat = (format: string, text: string): boolean => formats[plain(format)]?.(text) ?? true

const plain = (format: string): string => format.replaceAll('-', '')

// RE2 rather than the built-in engine: texts come from users, and none of these may take more than linear time.
const like =
  (pattern: string) =>
  (text: string): boolean =>
    compiled(pattern)!.matcher(text).find()

const uuid = (version: string, variant = '[0-9a-fA-F]'): ((text: string) => boolean) =>
  like(`^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?${version}[0-9a-fA-F]{3}-?${variant}[0-9a-fA-F]{3}-?[0-9a-fA-F]{12}$`)

const isDate = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

const time = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/
const isDateTime = (text: string): boolean => {
  const parts = time.exec(text)
  return parts !== null && isDate(parts[1]!) && Number(parts[2]) < 24 && Number(parts[3]) < 60 && Number(parts[4]) < 60
}

const isIpv4 = (text: string): boolean => {
  const parts = text.split('.')
  return (
    parts.length === 4 &&
    parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256 && (part === '0' || part[0] !== '0'))
  )
}

const isIpv6 = (text: string): boolean => {
  const halves = text.split('::')
  if (!text.includes(':') || halves.length > 2) return false
  const groups = (half: string): string[] => (half === '' ? [] : half.split(':'))
  const all = halves.flatMap(groups)
  const last = all.at(-1) ?? ''
  const tail = last.includes('.') ? (isIpv4(last) ? 2 : -1) : undefined
  if (tail === -1) return false
  const hex = tail === undefined ? all : all.slice(0, -1)
  const count = hex.length + (tail ?? 0)
  return hex.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) && (halves.length === 2 ? count < 8 : count === 8)
}

const isCidr = (text: string): boolean => {
  const [address = '', bits, ...rest] = text.split('/')
  if (bits === undefined || rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false
  return (isIpv4(address) && Number(bits) <= 32) || (isIpv6(address) && Number(bits) <= 128)
}

const hostLetter = '[a-zA-Z0-9\\p{L}\\p{S}]'
const hostLabel = `${hostLetter}((${hostLetter}|-){0,61}${hostLetter})?`
const lone = like(`^${hostLabel}$`)
const dotted = like(`^(${hostLabel}\\.)+[a-zA-Z\\p{L}]{2,63}$`)
// A name with dots ends in a top-level domain of two letters or more.
const isHostname = (text: string): boolean => text.length <= 255 && (text.includes('.') ? dotted(text) : lone(text))

const isUri = (text: string): boolean => text.startsWith('/') || /^[A-Za-z][A-Za-z0-9+.-]*:\S*$/.test(text)

const formats: Record<string, (text: string) => boolean> = {
  bsonobjectid: like('^[0-9a-fA-F]{24}$'),
  uri: isUri,
  email: like('^[^@\\s]+@[^@\\s]+$'),
  hostname: isHostname,
  ipv4: isIpv4,
  ipv6: isIpv6,
  cidr: isCidr,
  mac: like(
    '^([0-9a-fA-F]{2}[:-]){5}([0-9a-fA-F]{2}|([0-9a-fA-F]{2}[:-]){2}[0-9a-fA-F]{2}|([0-9a-fA-F]{2}[:-]){14}[0-9a-fA-F]{2})$|^([0-9a-fA-F]{4}\\.){2}([0-9a-fA-F]{4}\\.)?[0-9a-fA-F]{4}$',
  ),
  uuid: uuid('[0-9a-fA-F]'),
  uuid3: uuid('3'),
  uuid4: uuid('4', '[89abAB]'),
  uuid5: uuid('5', '[89abAB]'),
  hexcolor: like('^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$'),
  byte: like('^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$'),
  date: isDate,
  datetime: isDateTime,
  duration: (text) =>
    like('^[+-]?(0|(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$')(text) ||
    like(
      '^[0-9]+(\\.[0-9]+)?\\s*(ns|nano|nanos|nanosecond|nanoseconds|us|µs|micro|micros|microsecond|microseconds|ms|milli|millis|millisecond|milliseconds|s|sec|secs|second|seconds|m|min|mins|minute|minutes|h|hr|hour|hours|d|day|days|w|wk|week|weeks)$',
    )(text),
}
