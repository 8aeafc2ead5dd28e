import { describe } from 'vitest'
import { podConformance } from './conformance.ts'

describe('pods in mount namespaces with loopback addresses', () =>
  podConformance({ files: 'mount', network: 'loopback' }))
