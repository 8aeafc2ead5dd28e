/** What can be deployed and will surprise. */
import { isFlinkVersion, options, read, versionFacts } from '@drey/api'
import { keyPath } from '../config-checks.ts'
import { warning } from '../problem.ts'
import type { DeploymentCheck } from './check.ts'

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']
export const warnings: DeploymentCheck[] = [
  {
    rule: 'W',
    check: ({ spec: { imagePullPolicy: policy } }) =>
      policy?.trim() && !PULL_POLICIES.includes(policy)
        ? warning(
            'spec.imagePullPolicy',
            'PULL_POLICY_UNKNOWN',
            `"${policy}" is none of ${PULL_POLICIES.join(', ')}; the deployment will fail.`,
            'Write it exactly so, capital letters included.',
          )
        : undefined,
  },
  {
    rule: 'W',
    check: ({ spec, conf }) =>
      spec.ingress && !read(options.clusters.manageIngress, conf)
        ? warning(
            'spec.ingress',
            'INGRESS_NOT_MANAGED',
            `No Ingress will be created: ${options.clusters.manageIngress.key} is false.`,
            'Remove spec.ingress, or ask for the option to be turned on.',
          )
        : undefined,
  },
  {
    rule: 'W',
    check: ({ spec, layered }) =>
      isFlinkVersion(spec.flinkVersion) && versionFacts[spec.flinkVersion].configFile === 'flink-conf.yaml'
        ? [...layered]
            .filter(([, { layer, value }]) => layer === 'resource' && value.includes('#'))
            .map(([key]) =>
              warning(
                keyPath(key),
                'CONFIG_VALUE_CUT',
                `Flink before 2.0 reads ${key} only up to the "#".`,
                'Avoid "#" in the value, or move to Flink 2.',
              ),
            )
        : [],
  },
]
