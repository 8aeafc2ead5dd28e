/** The result of reading a text: a value, or one sentence that says why there is none. Readers never throw. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; why: string }

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value })
export const unreadable = (why: string): { ok: false; why: string } => ({ ok: false, why })
