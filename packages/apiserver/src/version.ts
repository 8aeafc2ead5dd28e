/** The Kubernetes version this server speaks like. Clients decide by it what they may ask. */
export const kubernetesVersion = {
  major: '1',
  minor: '33',
  gitVersion: 'v1.33.0+drey',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`,
} as const
