/** The names Kubernetes accepts for most objects: DNS subdomains. */
import { invalid, type Problem } from './problem.ts'

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = new RegExp(`^${label}(\\.${label})*$`)

/** Problems with `metadata.name`, in the API server's words. */
export const nameProblems = (name: string, path = 'metadata.name'): Problem[] => {
  const problems: Problem[] = []
  if (name.length > 253) problems.push(invalid(path, name, 'must be no more than 253 characters'))
  // The length is judged first: a long text is not worth the regular expression.
  else if (!subdomain.test(name))
    problems.push(
      invalid(
        path,
        name,
        `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${label}(\\.${label})*')`,
      ),
    )
  return problems
}
