/** Runs a tool of the machine to its end; rejects with what it complained about. */
import { spawn } from 'node:child_process'
import { systemPath } from '../kubelet/process/shim.ts'

export const run = ([file = '', ...args]: readonly string[], input = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(file, args, { env: { PATH: systemPath }, stdio: ['pipe', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0
        ? resolve(out)
        : reject(new Error(`${file} ${args.join(' ')}: ${err.trim() || `exit status ${code}`}`)),
    )
    child.stdin.on('error', () => {})
    child.stdin.end(input ? `${input}\n` : '')
  })
