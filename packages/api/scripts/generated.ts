/** Everything that is generated from the declarations and committed, as text by path relative to the repository. */
import { crdYaml } from '@drey/schema'
import { crds } from '../src/index.ts'

export const generatedFiles = (): Record<string, string> =>
  Object.fromEntries(
    crds.map((crd) => [
      `packages/api/crds/${crd.metadata.name}.yaml`,
      crdYaml(crd, 'Generated from packages/api/src/resources by packages/api/scripts/generate.ts. Do not edit.'),
    ]),
  )
