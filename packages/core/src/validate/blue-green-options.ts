/** `spec.configuration` of a FlinkBlueGreenDeployment: a handful of options, and nothing else is read there. */
import { nearest, options, readingOf, type Option } from '@drey/api'
import { warning, type Problem } from './problem.ts'

const known: readonly Option[] = Object.values(options.blueGreen)

export const blueGreenOptionProblems = (configuration: Readonly<Record<string, unknown>> | undefined): Problem[] => {
  const conf = new Map(
    Object.entries(configuration ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
  const unreadable = known.flatMap((option) => {
    const reading = readingOf(option, conf)
    if (reading.found !== 'unreadable') return []
    return warning(
      `spec.configuration.${option.key}`,
      'OPTION_UNREADABLE',
      `The value of ${option.key} cannot be read: ${reading.why}.`,
      `Write a duration, such as ${option.codec.print(option.default)}.`,
    )
  })
  const unknown = [...conf.keys()].filter(
    (key) => key.startsWith('kubernetes.operator.') && !known.some((option) => option.key === key),
  )
  return [
    ...unreadable,
    ...unknown.map((key) => {
      const near = nearest(
        key,
        known.map((option) => option.key),
        8,
      )
      return warning(
        `spec.configuration.${key}`,
        'OPTION_UNKNOWN',
        `Nobody reads ${key} here.`,
        near === undefined
          ? 'Put options of the job into spec.template.spec.flinkConfiguration.'
          : `Did you mean ${near}?`,
      )
    }),
  ]
}
