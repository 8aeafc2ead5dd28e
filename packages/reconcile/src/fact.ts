/** What we know about the world, or why we do not. Unreachable is not absent. */
export type Fact<T> = { known: true; value: T } | { known: false; why: string }

export const known = <T>(value: T): Fact<T> => ({ known: true, value })
export const unknown = (why: string): Fact<never> => ({ known: false, why })
