import { describe } from 'vitest'
import { podConformance } from './conformance.ts'

describe('pods in mount with network namespaces', () => podConformance({ files: 'mount', network: 'netns' }))
