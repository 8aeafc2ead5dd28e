/** Values that are never printed: whatever a key holds that Flink counts as secret. */
import { isSecretKey } from '@drey/api'

/** The value, or stars. */
export const shown = (key: string, value: string): string => (isSecretKey(key) ? '******' : value)
