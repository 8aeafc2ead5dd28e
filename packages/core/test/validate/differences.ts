/** Recorded admissions where we decide otherwise on purpose. The page docs/differences.md tells people about them. */
export const intendedDifferences: Readonly<Record<string, string>> = {
  'adm-212':
    'A FlinkBlueGreenDeployment is judged by its template; upstream’s webhook refuses the kind as unexpected when it is registered for it.',
}
