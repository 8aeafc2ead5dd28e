/** How a part of the rendering says that a spec cannot be rendered; caught once, at the top, and returned as a value. */
import type { RenderProblem } from './input.ts'

export const refuse = (code: string, message: string, fix: string): never => {
  throw Object.assign(new Error(message), { problem: { code, message, fix } satisfies RenderProblem })
}

/**
 * Runs a rendering step that may refuse. Anything else that is thrown comes from a spec of a shape no schema allows
 * (a text where containers belong), which must cost its author the deployment and nobody else anything.
 */
export const attempt = <T>(step: () => T): { ok: true; value: T } | { ok: false; problem: RenderProblem } => {
  try {
    return { ok: true, value: step() }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const problem = (error as { problem?: RenderProblem }).problem
    return {
      ok: false,
      problem: problem ?? {
        code: 'SPEC_NOT_RENDERABLE',
        message: `The spec cannot be turned into Kubernetes objects: ${message}.`,
        fix: 'Check the shape of podTemplate, resources and job against the FlinkDeployment reference.',
      },
    }
  }
}
