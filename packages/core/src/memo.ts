/**
 * Answers of pure functions, remembered. A pass asks the same things of the same objects many times, and most passes find what the
 * one before found; nothing here changes an answer, only how often it is worked out. Objects are told apart by identity (those of
 * caches are never changed in place), texts by their characters; both kinds of memory are bounded.
 */

/** One answer per object, for as long as the object lives. What is no object after all, whatever its type says, is answered anew. */
export const perObject = <K extends object, V>(work: (of: K) => V): ((of: K) => V) => {
  const known = new WeakMap<K, { answer: V }>()
  return (of) => {
    const found = known.get(of)
    if (found) return found.answer
    if (typeof of !== 'object' || of === null) return work(of)
    const answer = work(of)
    known.set(of, { answer })
    return answer
  }
}

/** One answer per pair of objects. */
export const perPair = <A extends object, B extends object, V>(work: (a: A, b: B) => V): ((a: A, b: B) => V) => {
  const known = perObject((a: A) => perObject((b: B) => work(a, b)))
  return (a, b) => known(a)(b)
}

/** Longer texts are not kept: few have them, and they would crowd out a thousand others. */
const longest = 64 * 1024

/** One answer per text, for the last so many texts. Answers are shared: they are frozen. */
export const perText = <V>(most: number, work: (text: string) => V): ((text: string) => V) => {
  const known = new Map<string, V>()
  return (text) => {
    if (text.length > longest) return work(text)
    if (known.has(text)) return known.get(text) as V
    const answer = deepFrozen(work(text))
    if (known.size >= most) known.delete(known.keys().next().value as string)
    known.set(text, answer)
    return answer
  }
}

/** Down to a depth that no stack minds: a hostile text may nest its lists a thousand times. */
const deepFrozen = <T>(value: T, depth = 0): T => {
  if (typeof value !== 'object' || value === null || depth > 100) return value
  Object.freeze(value)
  for (const member of Object.values(value)) deepFrozen(member, depth + 1)
  return value
}
