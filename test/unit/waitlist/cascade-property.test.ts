import { expect, test } from 'vitest'
import { playCascades } from '../../support/cascade/play-cascades.ts'

/** `WAITLIST_SEEDS=100000` plays more worlds; `WAITLIST_SEED=123` plays that one again and shows every event. */
const one = process.env['WAITLIST_SEED']
const seeds = one === undefined ? Array.from({ length: Number(process.env['WAITLIST_SEEDS'] ?? 2_000) }, (_, n) => n + 1) : [Number(one)]

test(`whatever happens, the cascade keeps its promises (${seeds.length} worlds)`, { timeout: 3_600_000 }, () => {
  for (const seed of seeds) {
    try {
      playCascades(seed)
    } catch (error) {
      throw new Error(`WAITLIST_SEED=${seed} breaks: ${error instanceof Error ? error.message : ''}\n${replay(seed).join('\n')}`, { cause: error })
    }
  }
  if (one !== undefined) process.stdout.write(`${replay(seeds[0] as number).join('\n')}\n`)
})

test('the worlds come to every kind of end, and a seed plays the same again', () => {
  const ends = new Set(Array.from({ length: 300 }, (_, n) => playCascades(n + 1).ended).flat())
  expect([...ends].toSorted()).toEqual(expect.arrayContaining(['closed by_staff', 'closed nobody_took_it', 'filled', 'lost taken_elsewhere', 'too_late no_time_left']))
  expect(replay(7)).toEqual(replay(7))
})

function replay(seed: number): string[] {
  const trace: string[] = []
  try {
    playCascades(seed, trace)
  } catch {
    // The trace ends with what broke.
  }
  return trace
}
