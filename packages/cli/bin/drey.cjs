#!/usr/bin/env node
// Starts the command line with a Node.js that can run it: this one if it is new enough, otherwise the one that the
// project's own dependencies bring along. Plain CommonJS on purpose: it must parse on any Node.js from 18 on.
'use strict'
const { spawn } = require('node:child_process')
const { existsSync } = require('node:fs')
const { join, resolve } = require('node:path')

const main = resolve(__dirname, '..', 'src', 'main.ts')
const [major, minor] = process.versions.node.split('.').map(Number)
if (major > 24 || (major === 24 && minor >= 15)) {
  // Compiled code is kept: it halves the start of every command and saves the 20 MB of the type stripper. Where that is not
  // possible, nothing is lost.
  const cache = process.env.XDG_CACHE_HOME || join(require('node:os').homedir(), '.cache')
  require('node:module').enableCompileCache(join(cache, 'drey', 'compiled'))
  import(require('node:url').pathToFileURL(main).href)
    .then(({ main }) => main(process.argv.slice(2)))
    .then(
      (code) => (process.exitCode = code),
      (error) => {
        console.error(error)
        process.exit(70)
      },
    )
} else {
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64'
  const own = [
    resolve(__dirname, '..', '..', '..', 'node_modules', `node-linux-${arch}`, 'bin', 'node'),
    join(__dirname, '..', 'node_modules', `node-linux-${arch}`, 'bin', 'node'),
  ].find(existsSync)
  if (!own) {
    console.error(`error NODE_TOO_OLD: drey needs Node.js 24.15 or newer, this is ${process.versions.node}.`)
    console.error('  fix    run "npm run setup" in the project once, or install Node.js 24')
    process.exit(2)
  }
  const child = spawn(own, [__filename, ...process.argv.slice(2)], { stdio: 'inherit' })
  // The child decides what a signal means and when it is over; a terminal's Ctrl-C reaches it by itself.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 130 : code === null ? 70 : code))
}
