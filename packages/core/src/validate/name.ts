/** Names of FlinkDeployments: they become names of Services and pods, with endings of their own. */
import { error, type Problem } from './problem.ts'

export const nameProblem = (name: string, path: string): Problem | undefined =>
  /^[a-z]([-a-z\d]{0,43}[a-z\d])?$/.test(name)
    ? undefined
    : error(
        path,
        'NAME_INVALID',
        `The FlinkDeployment name "${name}" is invalid: it must consist of lower case letters, digits or "-", start with a letter, end with a letter or digit, and have at most 45 characters.`,
        'Choose a name such as my-name or abc-123.',
      )
