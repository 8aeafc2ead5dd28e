/** All commands, in the order in which help lists them. */
import type { Command } from '../command.ts'
import { crdsApply, crdsDiff, crdsPrint } from './crds.ts'
import { diff } from './diff.ts'
import { doctor } from './doctor.ts'
import { down } from './down.ts'
import { explainConfig } from './explain-config.ts'
import { flinkAdd, flinkList, flinkRemove } from './flink.ts'
import { envCommand, kubeconfigCommand } from './home-info.ts'
import { imageList, imageMap, imageUnmap } from './image.ts'
import { logs } from './logs.ts'
import { apply, get, remove } from './objects.ts'
import { operator } from './operator.ts'
import { render } from './render.ts'
import { runtime } from './runtime.ts'
import { status } from './status.ts'
import { up } from './up.ts'
import { validate } from './validate.ts'
import { wait } from './wait.ts'

export const commands: readonly Command[] = [
  up,
  down,
  doctor,
  envCommand,
  kubeconfigCommand,
  flinkAdd,
  flinkList,
  flinkRemove,
  imageMap,
  imageList,
  imageUnmap,
  get,
  status,
  logs,
  validate,
  diff,
  render,
  explainConfig,
  apply,
  remove,
  wait,
  crdsPrint,
  crdsDiff,
  crdsApply,
  operator,
  runtime,
]
