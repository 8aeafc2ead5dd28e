/** A story without what changes for no reason: times, polls, and the digits of ids. What is left is who did what, and because. */

/** Ids are named by the order in which they appear. */
const named = () => {
  const names = new Map<string, string>()
  return (text: string): string =>
    text.replaceAll(/\b[0-9a-f]{32}\b|\b[0-9a-f]{8}\b(?= )/g, (id) => {
      const key = id.slice(0, 8)
      const name = names.get(key) ?? `id-${names.size + 1}`
      names.set(key, name)
      return name
    })
}

export const compactStory = (story: string): string => {
  const name = named()
  const lines: string[] = []
  for (const line of story.split('\n')) {
    const told = name(line.slice(10).trimEnd())
      .replaceAll(/-[a-z0-9]{10}-[a-z0-9]{5}\b/g, '-pod')
      .replaceAll(/savepoint-[0-9a-f]{6}-\d+/g, 'savepoint')
      .replaceAll(/savepoint-upgrade-\d+/g, 'savepoint-upgrade')
    const isPoll = told.startsWith('operator  settle:') && !told.includes('→')
    if (told !== '' && !isPoll && told !== lines.at(-1)) lines.push(told)
  }
  return `${lines.join('\n')}\n`
}
