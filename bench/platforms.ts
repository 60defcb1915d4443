import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { against, type BenchFigure } from './figure.ts'
import type { Measured } from './platforms-child.ts'

/** As `npm start` and `npm run desk` do: left alone, V8 gives new objects more room than the page that is held at a time. */
const asStarted = ['--max-semi-space-size=16']

/**
 * A salon of 100,000 appointments and 4,000 clients on Square: the first reading of it, from a server in the same process that
 * answers at once, without the account's pace, and what it takes of memory; the same data loaded as an import does is the baseline.
 * Then on that copy: from a webhook to the change in the copy, and a poll of two weeks that finds nothing new.
 */
export async function benchPlatforms(): Promise<BenchFigure[]> {
  const loaded = await inChild('load', asStarted)
  const synced = await inChild('sync', asStarted)
  const seconds = (ms: number) => ms / 1_000
  const load: BenchFigure = { name: `platforms: ${loaded.visits} appointments loaded as an import`, value: seconds(loaded.ms), unit: 's', n: 1 }
  const memory: BenchFigure = { name: 'platforms: memory of the import, above idle', value: loaded.memoryMb, unit: 'MB', n: 1 }
  return [
    load,
    against({ figure: { name: `platforms: first reading of ${synced.visits} appointments, ${synced.requests} requests`, value: seconds(synced.ms), unit: 's', n: 1 }, baseline: load }),
    { name: 'platforms: first reading', value: synced.visits / seconds(synced.ms), unit: 'appointments/s', n: 1 },
    memory,
    against({ figure: { name: 'platforms: memory of the first reading, above idle', value: synced.memoryMb, unit: 'MB', n: 1 }, baseline: memory }),
    { name: 'platforms: webhook to the change in the copy, p50', value: percentile(synced.webhooks, 0.5), unit: 'ms', n: synced.webhooks.length },
    { name: 'platforms: webhook to the change in the copy, p95', value: percentile(synced.webhooks, 0.95), unit: 'ms', n: synced.webhooks.length },
    { name: `platforms: poll of two weeks, ${synced.polled} visits, nothing new`, value: percentile(synced.polls, 0.5), unit: 'ms', n: synced.polls.length },
  ]
}

/** Each in a process of its own, which holds nothing of the other. */
async function inChild<What extends keyof Measured>(what: What, flags: string[]): Promise<Measured[What]> {
  const child = spawn(process.execPath, [...flags, '--disable-warning=ExperimentalWarning', '--expose-gc', join(import.meta.dirname, 'platforms-child.ts'), what], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk) => { said += String(chunk) })
  const code = await new Promise((done) => { child.once('close', done) })
  if (code !== 0) throw new Error(`bench: "${what}" ended with ${String(code)}`)
  return JSON.parse(said) as Measured[What]
}

function percentile(values: number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN
}
