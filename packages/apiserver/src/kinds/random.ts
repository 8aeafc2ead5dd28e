/** Random names and uids from the server's source of randomness. */

const letters = 'bcdfghjklmnpqrstvwxz2456789'

/** Five characters without vowels, as the API server appends to generateName. */
export const randomSuffix = (random: () => number): string =>
  Array.from({ length: 5 }, () => letters[Math.floor(random() * letters.length)]).join('')

/** A version 4 UUID. */
export const randomUid = (random: () => number): string => {
  const hex = (digits: number): string =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0')
  const variant = '89ab'[Math.floor(random() * 4)]
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(8)}${hex(4)}`
}
