/** The private root of a container, made in a mount namespace of its own: from a table, and one by one where that fails. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { detectIsolation } from '../../src/isolation/detect.ts'
import { hostFiles } from '../../src/isolation/host-files.ts'
import { hostBase, rootPlan } from '../../src/isolation/mount-files.ts'
import { planView, type Mount, type Step } from '../../src/isolation/view.ts'

const { mount: possible } = await detectIsolation()
if (!possible.works) console.warn(`SKIPPED: roots in mount namespaces: ${possible.why}`)

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drey root # '))
  mkdirSync(join(dir, 'root'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']

/** Builds the root and runs `then` beside it. */
const built = (steps: readonly Step[], then: string, { keepTable = true } = {}) => {
  const plan = rootPlan(join(dir, 'root'), steps, join(dir, 'mounts'))
  if (keepTable) writeFileSync(join(dir, 'mounts'), plan.table)
  writeFileSync(join(dir, 'run.sh'), `{\n${plan.commands.join(' &&\n')}\n} || exit 128\ncd "$1"\n${then}`)
  const words = [...user, '--mount', '--propagation', 'private', '/bin/sh', join(dir, 'run.sh'), join(dir, 'root')]
  const { status, stdout, stderr } = spawnSync('unshare', words, { encoding: 'utf8' })
  return { status, lines: stdout.trim().split('\n'), stderr }
}

const stepsOf = (...mounts: Mount[]) => planView(hostBase(readdirSync('/')), mounts, hostFiles)

const layerAndVolume = () => {
  mkdirSync(join(dir, 'layer/lib'), { recursive: true })
  writeFileSync(join(dir, 'layer/lib/a jar'), 'of the image')
  mkdirSync(join(dir, 'data'))
  writeFileSync(join(dir, 'data/file'), 'of the volume')
  return stepsOf(
    { source: join(dir, 'layer'), target: '/opt/some image', readOnly: true, as: 'layer' },
    { source: join(dir, 'data'), target: '/data #1', readOnly: true, as: 'volume' },
    { source: join(dir, 'data'), target: '/open', readOnly: false, as: 'volume' },
  )
}

const look = `cat "opt/some image/lib/a jar"; echo; cat "data #1/file"; echo
touch "data #1/new" 2>/dev/null || echo read-only; touch open/new && echo writable
[ -c dev/null ] && [ -L dev/stdout ] && [ -d usr/bin ] && echo complete`

const whole = ['of the image', 'of the volume', 'read-only', 'writable', 'complete']

describe.runIf(possible.works)('the root of a container', () => {
  it('shows layers and volumes, whatever characters their paths have', () => {
    expect(built(layerAndVolume(), look)).toMatchObject({ status: 0, lines: whole })
  })

  it('is made mount by mount where the table cannot be used', () => {
    expect(built(layerAndVolume(), look, { keepTable: false })).toMatchObject({ status: 0, lines: whole })
  })

  it('says what cannot be mounted', () => {
    const steps = layerAndVolume()
    rmSync(join(dir, 'data'), { recursive: true })
    const { status, stderr } = built(steps, look)
    expect(status).toBe(128)
    expect(stderr).toContain(join(dir, 'data'))
  })

  it('leaves the machine as it was', () => {
    built(layerAndVolume(), look)
    expect(readdirSync(join(dir, 'root'))).toEqual([])
    expect(execFileSync('cat', ['/proc/self/mountinfo'], { encoding: 'utf8' })).not.toContain('some\\040image')
  })
})
