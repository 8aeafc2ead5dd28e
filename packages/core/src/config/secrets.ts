/** Values that are never printed: whatever a key with one of these words holds. */

const HIDDEN = [
  'password',
  'secret',
  'fs.azure.account.key',
  'apikey',
  'auth-params',
  'service-key',
  'token',
  'basic-auth',
  'jaas.config',
  'http-headers',
]

export const isSecret = (key: string): boolean => {
  const lower = key.toLowerCase()
  return HIDDEN.some((word) => lower.includes(word))
}

/** The value, or stars. */
export const shown = (key: string, value: string): string => (isSecret(key) ? '******' : value)
