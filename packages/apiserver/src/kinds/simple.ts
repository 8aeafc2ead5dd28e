/** Kinds with nothing special about them. */
import type { Strategy } from './strategy.ts'

export const ingressClasses: Strategy = { generation: true }

export const plain: Strategy = {}

export const withStatus: Strategy = { status: true }
