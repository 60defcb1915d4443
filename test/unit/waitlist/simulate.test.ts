import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runDesk } from '../../../src/channels/terminal/desk-command.ts'
import type { Terminal } from '../../../src/channels/terminal/terminal.ts'
import { seededRandom } from '../../../src/salon/seeded-random.ts'
import { type Answer, playOpening } from '../../../src/waitlist/simulate/play-opening.ts'
import { gini, simulateFairness } from '../../../src/waitlist/simulate/simulate-fairness.ts'
import { type Cell, simulateFills } from '../../../src/waitlist/simulate/simulate-fills.ts'

const play = (answers: Answer[], more: Partial<Parameters<typeof playOpening>[0]> = {}) => playOpening({ from: '2026-11-24T10:00:00.000Z', bookBy: '2026-11-24T16:00:00.000Z', plan: { windowMin: 30, width: 1 }, answers, allowed: (ms) => ms, ...more })
const request = { rates: [0.05, 0.2, 0.4], notices: [4, 24], openings: 50, list: 12, seed: 'test' }

describe('one opening', () => {
  test('goes on to the next after a NO at once and after silence when the window is over', () => {
    expect(play([{ says: 'no', afterMin: 5 }, undefined, { says: 'yes', afterMin: 4 }])).toEqual({ filled: true, minutes: 5 + 31 + 4, asked: 3, texts: 5, yes: 1, second: 0, winner: 2 })
  })

  test('whoever says YES second hears it, and is counted', () => {
    expect(play([{ says: 'yes', afterMin: 9 }, { says: 'yes', afterMin: 3 }], { plan: { windowMin: 30, width: 2 } })).toMatchObject({ filled: true, minutes: 3, winner: 1, texts: 4, yes: 2, second: 1 })
  })

  test('nothing goes out while it is quiet, and nothing too late to answer', () => {
    const seven = Date.parse('2026-11-24T19:00:00.000Z')
    expect(play([{ says: 'yes', afterMin: 1 }], { allowed: (ms) => Math.max(ms, seven) })).toMatchObject({ filled: false, asked: 0, texts: 0 })
    expect(play([undefined, undefined, { says: 'yes', afterMin: 1 }], { bookBy: '2026-11-24T11:05:00.000Z' })).toMatchObject({ filled: false, asked: 2 })
  })

  test('agrees with 1 - (1 - p)^n where everybody is asked and has time', () => {
    const [rate, n, rounds] = [0.1, 8, 1_500]
    const filled = Array.from({ length: rounds }, (_, i) => {
      const random = seededRandom(`closed form ${i}`)
      return play(Array.from({ length: n }, (): Answer => (random.chance(rate) ? { says: 'yes', afterMin: 1 } : undefined)), { plan: { windowMin: 60, width: n } }).filled
    }).filter(Boolean).length / rounds
    const exact = 1 - (1 - rate) ** n
    expect(Math.abs(filled - exact)).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / rounds))
  })
})

describe('many openings', () => {
  const cells = simulateFills(request)
  const of = (more: Partial<Cell>) => cells.filter((cell) => Object.entries(more).every(([key, value]) => cell[key as keyof Cell] === value))

  test('the same seed plays the same, another one does not', () => {
    const small = { ...request, rates: [0.2], notices: [4], openings: 30 }
    expect(simulateFills(small)).toEqual(simulateFills(small))
    expect(simulateFills({ ...small, seed: 'other' })).not.toEqual(simulateFills(small))
  })

  test('more YES fill more chairs, at every notice and with every strategy', () => {
    for (const noticeHours of request.notices) {
      for (const { strategy } of of({ rate: 0.05, noticeHours })) {
        const filled = of({ strategy, noticeHours }).map((cell) => cell.filled.rate)
        expect(filled, `${strategy} ${noticeHours}`).toEqual(filled.toSorted((a, b) => a - b))
      }
    }
  })

  test('with little time a longer window one by one fills fewer chairs, and waves more than any of them', () => {
    const filled = Object.fromEntries(of({ rate: 0.2, noticeHours: 4 }).map((cell) => [cell.strategy, cell.filled.rate]))
    expect(filled['one_120']).toBeLessThan(filled['one_15'] ?? 0)
    expect(filled['waves']).toBeGreaterThanOrEqual(filled['one_15'] ?? 1)
  })

  test('whoever is asked alone seldom comes second; whoever is asked with all often does', () => {
    const [alone, all] = [of({ strategy: 'one_60', rate: 0.4, noticeHours: 24 })[0], of({ strategy: 'all', rate: 0.4, noticeHours: 24 })[0]]
    expect(alone?.second).toBeLessThan(0.1)
    expect(all?.second).toBeGreaterThan(0.5)
  })
})

describe('who is asked', () => {
  test('the Gini coefficient of equal counts is 0, of one who has all nearly 1', () => {
    expect(gini([3, 3, 3, 3])).toBe(0)
    expect(gini([0, 0, 0, 8])).toBe(0.75)
    expect(gini([])).toBe(0)
  })

  test('the highest value brings the most per chair and is the least even', () => {
    const [line, value] = simulateFairness({ rate: 0.2, openings: 120, list: 40, seed: 'test' })
    expect(value?.value).toBeGreaterThan(line?.value ?? 1)
    expect(value?.gini).toBeGreaterThan(line?.gini ?? 1)
  })
})

describe('desk simulate waitlist', () => {
  async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
    const [out, err]: [string[], string[]] = [[], []]
    const terminal = { out: (text: string) => out.push(text), err: (text: string) => err.push(text), interactive: false, colour: false, columns: 80, user: 'maya' } as unknown as Terminal
    const code = await runDesk({ argv: ['simulate', 'waitlist', ...argv], terminal })
    return { code, out: out.join('\n'), err: err.join('\n') }
  }
  const small = ['--openings', '20', '--rates', '20', '--notice', '4', '--list', '6']

  test('shows every strategy with its interval, and each policy', async () => {
    const { code, out } = await run(...small)
    expect(code).toBe(0)
    expect(out).toContain('4 h before the chair, 20.0% say YES (20 openings)')
    for (const name of ['one, 15 min', 'one, 120 min', 'waves', 'all at once', 'first in line', 'highest value', 'best match']) expect(out).toContain(name)
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('as JSON, and as a picture', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'curves-')), 'curves.png')
    const { code, out } = await run(...small, '--json', '--picture', file)
    expect(code).toBe(0)
    const { cells, fairness } = JSON.parse(out) as { cells: Cell[]; fairness: { policies: unknown[] } }
    expect(cells).toHaveLength(6)
    expect(fairness.policies).toHaveLength(3)
    expect((await readFile(file)).subarray(1, 4).toString()).toBe('PNG')
  })

  test.each([
    [['--rates', '0'], '--rates takes up to 12 numbers with commas between them, each from 0.5 to 100.'],
    [['--rates', '5,,8'], '--rates takes'],
    [['--notice', 'soon'], '--notice takes up to 12 numbers with commas between them, each from 1 to 336.'],
    [['--openings', '12.5'], '--openings takes a whole number from 10 to 100000.'],
    [['--list', '0'], '--list takes a whole number from 1 to 500.'],
  ])('%s is refused with what to write', async (argv, words) => {
    const { code, err } = await run(...argv)
    expect(code).toBe(2)
    expect(err).toContain(words)
  })

  test('a picture that cannot be written says so', async () => {
    const { code, err } = await run(...small, '--picture', join(tmpdir(), 'no', 'such', 'folder', 'x.png'))
    expect(code).toBe(2)
    expect(err).toContain('Choose a file in a folder that exists.')
  })
})
