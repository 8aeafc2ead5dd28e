/** Phase `deploy`: created, or about to be. What is complete and ours is adopted; anything else of that name must go first. */
import { attemptGeneration, isNeverDeployed, unsubmitted } from '../../job/draft.ts'
import { answer, eagerMs, progressMs, record, type Pass, type Rule } from '../pass.ts'
import { taskManagerInfo } from '../status-of.ts'
import { deploy } from '../steps/deploy.ts'
import { isOfRecordedGeneration } from '../view.ts'
import { firstDeploy } from './first-deploy.ts'

const rule = 'continueOperation'

export const continueDeploy = (pass: Pass): ReturnType<Rule> => {
  const { view, draft } = pass
  const { jobManager, dependents } = view.observed.cluster
  if (!jobManager) {
    // A Deployment that vanished again leaves dependants for a moment; a new one must not share them with garbage collection.
    if (!view.clusterIsGone)
      return answer(pass, {
        rule,
        because: 'the remains of an earlier cluster are still being collected',
        lookAgainMs: 1_000,
      })
    const edited = attemptGeneration(view.before, view.target.generation) !== view.target.generation
    // Metadata with a checkpoint: it was there, and ran.
    if (view.application && edited && isNeverDeployed(draft) && !pass.job.haMetadata.checkpoint) return beginAnew(pass)
    return deploy(pass, rule, 'everything old is gone')
  }
  if (jobManager.deleting || !isOfRecordedGeneration(view))
    return answer(pass, {
      rule,
      because: 'a Deployment of another generation is in the way',
      change: { jobManager: 'DEPLOYING' },
      lookAgainMs: eagerMs,
    })
  const complete = [
    view.refs.dependants.find((ref) => ref.type.kind === 'Service' && ref.name.endsWith('-rest')),
    view.refs.dependants.find((ref) => ref.name.startsWith('flink-config-')),
  ].every(
    (ref) =>
      ref === undefined ||
      dependents.some(
        (d) => d.name === ref.name && d.type.kind === ref.type.kind && d.ownerUids.includes(jobManager.uid),
      ),
  )
  const taskManagers = view.refs.taskManagers === undefined || view.observed.cluster.taskManager !== undefined
  if (!complete || !taskManagers) return deploy(ofThisAttempt(pass), rule, 'the cluster is not complete yet')
  return answer(pass, {
    rule,
    because: 'the cluster is created',
    change: {
      state: draft.state === 'ROLLING_BACK' ? 'ROLLED_BACK' : 'DEPLOYED',
      ...(draft.recorded && draft.state !== 'ROLLING_BACK'
        ? {
            recorded: record(pass, draft.recorded.spec, {
              state: 'running',
              first: draft.recorded.firstDeployment,
            }),
          }
        : {}),
      jobManager: 'DEPLOYING',
      timestamp: view.now,
      taskManager: taskManagerInfo(view, true),
    },
    lookAgainMs: progressMs,
  })
}

/** Nothing of it ever ran: what the user wants now is a first deployment again, `initialSavepointPath` included. */
const beginAnew = (pass: Pass): ReturnType<Rule> =>
  firstDeploy({
    ...pass,
    view: { ...pass.view, phase: 'first' },
    draft: { ...pass.draft, recorded: undefined, job: unsubmitted(pass.draft.job) },
  })

/**
 * A cluster that exists is completed as it was begun, also when the user has changed his mind meanwhile: its job may run already, and a
 * new attempt over it would be a second identity. Once it is complete, the change is an upgrade like any other.
 */
const ofThisAttempt = (pass: Pass): Pass => {
  const { view, draft } = pass
  const generation = attemptGeneration(view.before, view.target.generation)
  const spec = draft.recorded?.spec
  if (!spec || generation === undefined || generation === view.target.generation || draft.state === 'ROLLING_BACK')
    return pass
  const begun = spec.job ? { ...spec, job: { ...spec.job, state: 'running' as const } } : spec
  return { ...pass, view: { ...view, target: { why: 'user', spec: begun, generation } } }
}
