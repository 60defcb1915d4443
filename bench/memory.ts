import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { against, type BenchFigure } from './figure.ts'

/**
 * Starts the real desk twice on a folder of its own (the first start makes everything, the second is an ordinary morning)
 * and reads how long it took to be ready and what the idle process holds in memory, without PostgreSQL. Linux only.
 */
export async function benchMemory(): Promise<BenchFigure[]> {
  const home = await mkdtemp(join(tmpdir(), 'desk-bench-'))
  try {
    const first = await runDesk(home)
    const second = await runDesk(home)
    const firstStart = { name: 'first start, ready', value: first.readyMs, unit: 'ms', n: 1 }
    const firstMemory = { name: 'idle desk after its first start, resident memory', value: first.residentMb, unit: 'MB', n: 1 }
    return [
      firstStart,
      against({ figure: { name: 'second start, ready', value: second.readyMs, unit: 'ms', n: 1 }, baseline: firstStart }),
      firstMemory,
      against({ figure: { name: 'idle desk, resident memory', value: second.residentMb, unit: 'MB', n: 1 }, baseline: firstMemory }),
    ]
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

async function runDesk(home: string): Promise<{ readyMs: number; residentMb: number }> {
  const began = performance.now()
  const desk = spawn(process.execPath, [resolve(import.meta.dirname, '../src/main.ts'), 'start'], { env: { ...process.env, DESK_HOME: home, PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise((done) => desk.once('exit', done))
  try {
    await new Promise<void>((ready, failed) => {
      desk.stdout.on('data', (chunk) => { if (String(chunk).includes('The desk is up')) ready() })
      void exited.then(() => failed(new Error('bench: the desk ended before it was up')))
    })
    const readyMs = performance.now() - began
    // What start-up left behind is collected within a few seconds; the idle desk is what is left then.
    await new Promise((done) => { setTimeout(done, 5_000) })
    const resident = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${desk.pid}/status`, 'utf8'))?.[1]
    return { readyMs: Math.round(readyMs), residentMb: Math.round(Number(resident) / 1024) }
  } finally {
    desk.kill('SIGINT')
    await exited
  }
}
