/**
 * Asks a real kube-apiserver the stories of `test/machinery/` and writes its answers to `test/fixtures/conformance.json`.
 *
 *   node scripts/record-conformance.ts https://127.0.0.1:PORT ADMIN_TOKEN CA_FILE [only stories whose name contains this]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { stories, type Step } from '../test/machinery/stories.ts'
import { normalise } from '../test/machinery/normalise.ts'

const [server, token, caFile, only] = process.argv.slice(2)
if (!server || !token || !caFile) throw new Error('usage: record-conformance.ts SERVER TOKEN CA_FILE [ONLY]')
const ca = readFileSync(caFile)

const ask = (step: Step): Promise<{ status: number; body: unknown }> =>
  new Promise((resolve, reject) => {
    const text = step.body === undefined ? '' : JSON.stringify(step.body)
    const call = request(
      server + step.path,
      {
        method: step.method,
        ca,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': step.contentType ?? 'application/json',
          'user-agent': 'tester/1.0',
          'content-length': Buffer.byteLength(text),
        },
      },
      (answer) => {
        let answered = ''
        answer.on('data', (chunk) => (answered += chunk))
        answer.on('end', () => {
          const body = answered.startsWith('{') ? JSON.parse(answered) : answered
          resolve({ status: answer.statusCode!, body })
        })
      },
    )
    call.on('error', reject)
    call.end(text)
  })

const file = new URL('../test/fixtures/conformance.json', import.meta.url)
const recorded: Record<string, unknown[]> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
for (const [index, story] of stories.entries()) {
  if (only && !story.name.includes(only)) continue
  const namespace = `s${index}-${Date.now().toString(36)}`
  await ask({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  })
  const answers: unknown[] = []
  const inPlace = (step: Step): Step => JSON.parse(JSON.stringify(step).replaceAll('NS', namespace))
  for (const step of story.steps) {
    const { status, body } = await ask(inPlace(step))
    // a new kind needs a moment until it is served
    if (step.path.endsWith('/customresourcedefinitions')) await new Promise((resolve) => setTimeout(resolve, 3000))
    answers.push({ status, body: normalise(body, namespace) })
  }
  recorded[story.name] = answers
}
for (const name of Object.keys(recorded)) if (!stories.some((story) => story.name === name)) delete recorded[name]
writeFileSync(
  file,
  '{\n' +
    Object.entries(recorded)
      .map(([name, answers]) => `${JSON.stringify(name)}: [\n${answers.map((a) => JSON.stringify(a)).join(',\n')}\n]`)
      .join(',\n') +
    '\n}\n',
)
