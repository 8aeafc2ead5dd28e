/** Kinds with nothing special about them. */
import type { Strategy } from './strategy.ts'

export const counted: Strategy = { generation: true }
export const countedWithStatus: Strategy = { generation: true, status: true }

export const plain: Strategy = {}

export const withStatus: Strategy = { status: true }
