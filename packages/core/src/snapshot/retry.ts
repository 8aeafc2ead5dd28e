/** When a failed snapshot is tried again: after 10, 20, 40 … seconds, and never later than after ten minutes. */
export const retryDelayMs = (failures: number): number =>
  failures <= 0 ? 0 : Math.min(10_000 * 2 ** Math.min(failures - 1, 20), 600_000)

/** No further attempt: `backoffLimit` failures are allowed; negative, and absent, without limit. */
export const isExhausted = (failures: number, backoffLimit: number | null | undefined): boolean =>
  backoffLimit !== null && backoffLimit !== undefined && backoffLimit >= 0 && failures > backoffLimit
