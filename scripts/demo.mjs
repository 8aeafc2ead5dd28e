// The main job, from nothing to RUNNING: starts a home, applies the example, waits, and says what to try next.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const root = fileURLToPath(new URL('..', import.meta.url))
const drey = (...words) => {
  console.error(`\n$ npx drey ${words.join(' ')}`)
  const { status, signal } = spawnSync(join(root, 'node_modules', '.bin', 'drey'), words, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) process.exit(signal ? 130 : (status ?? 1))
}

drey('up', '--detach')
drey('apply', '-f', 'examples/state-machine.yaml')
drey('wait', 'state-machine', '--timeout', '900')
drey('get')
console.log(`
A real FlinkDeployment is running on real Flink, on this machine. Next:

  npx drey status state-machine           one screen about the job
  npx drey logs state-machine -f          its JobManager and TaskManagers
  npx drey get pods                       the pods, which are processes
  eval "$(npx drey env)"                  then kubectl works, too:
    kubectl patch flinkdep state-machine --type merge -p '{"spec":{"job":{"parallelism":1}}}'
    kubectl port-forward svc/state-machine-rest 8081     and open http://localhost:8081
  npx drey delete flinkdeployment state-machine
  npx drey down                           stops everything; the home's data stays
`)
