// Reads the TAP files of the folder TAP_FILES and prints what tap-parser makes of each, by file name.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Parser } from 'tap-parser'

const folder = process.env.TAP_FILES
const out = {}
for (const name of readdirSync(folder)) {
  const read = { version: 0, points: [], extra: [], bailed: false }
  const parser = new Parser({ strict: true }, results => { read.results = { ok: results.ok, count: results.count, failures: results.failures.length } })
  parser.on('version', version => { read.version = version })
  parser.on('assert', p => read.points.push({ ok: p.ok, id: p.id, name: p.name, skip: p.skip, todo: p.todo, diag: p.diag ?? null, tapError: p.tapError ?? null }))
  parser.on('extra', line => read.extra.push(line))
  parser.on('bailout', () => { read.bailed = true })
  parser.end(readFileSync(join(folder, name), 'utf8'))
  out[name] = read
}
console.log(JSON.stringify(out))
