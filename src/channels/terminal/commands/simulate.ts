import { writeFile } from 'node:fs/promises'
import { type CurvePoint, drawCurves } from '../../../pictures/draw-curves.ts'
import { DeskError } from '../../../salon/errors.ts'
import { type Fairness, simulateFairness } from '../../../waitlist/simulate/simulate-fairness.ts'
import { type Cell, simulateFills, strategies, type Strategy } from '../../../waitlist/simulate/simulate-fills.ts'
import type { Terminal } from '../terminal.ts'
import { wrapText } from '../wrap.ts'

type Options = { rates: string; notice: string; openings: string; list: string; seed: string; picture?: string; json?: boolean }

const looks: Record<Strategy, { name: string; colour: string; dash: number[]; width: number }> = {
  one_15: { name: 'one by one, 15 min', colour: '#7ba7cc', dash: [2, 3], width: 2 },
  one_30: { name: '30 min', colour: '#4f86b3', dash: [6, 3], width: 2 },
  one_60: { name: '60 min', colour: '#2b618f', dash: [9, 3, 2, 3], width: 2 },
  one_120: { name: '120 min', colour: '#12355b', dash: [1, 0], width: 2 },
  waves: { name: "waves, the planner's choice", colour: '#a8320b', dash: [1, 0], width: 3.5 },
  all: { name: 'all at once', colour: '#9a6700', dash: [4, 4], width: 2 },
}

/** `desk simulate waitlist`: plays openings with made-up clients and compares how chairs are offered. Opens no book and sends nothing. */
export async function simulateWaitlist({ terminal, options }: { terminal: Terminal; options: Options }): Promise<void> {
  const rates = numbers(options.rates, { name: '--rates', low: 0.5, high: 100 }).map((percent) => percent / 100)
  const notices = numbers(options.notice, { name: '--notice', low: 1, high: 336 })
  const [openings = 0] = numbers(options.openings, { name: '--openings', low: 10, high: 100_000, most: 1 })
  const [list = 0] = numbers(options.list, { name: '--list', low: 1, high: 500, most: 1 })
  const cells = simulateFills({ rates, notices, openings, list, seed: options.seed })
  const fairRate = rates.includes(0.083) ? 0.083 : rates[0] ?? 0
  const fairness = simulateFairness({ rate: fairRate, openings, list: Math.max(list, 40), seed: options.seed })
  if (options.picture !== undefined) await draw({ cells, file: options.picture, openings, list })
  if (options.json === true) return terminal.out(JSON.stringify({ seed: options.seed, list, cells, fairness: { rate: fairRate, policies: fairness } }, null, 2))
  terminal.out(wrapText([...notices.flatMap((hours) => rates.map((rate) => table(cells.filter((cell) => cell.noticeHours === hours && cell.rate === rate)))), fairTable(fairness, fairRate)].join('\n\n'), terminal.columns))
  if (options.picture !== undefined) terminal.err(`The curves are in ${options.picture}.`)
}

function numbers(text: string, { name, low, high, most = 12 }: { name: string; low: number; high: number; most?: number }): number[] {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  if (values.length > most || values.some((value) => !(value >= low && value <= high)) || (most === 1 && !values.every(Number.isInteger))) {
    throw new DeskError('invalid_input', { message: `bad ${name}`, userMessage: `${name} takes ${most === 1 ? 'a whole number' : `up to ${most} numbers with commas between them, each`} from ${low} to ${high}.` })
  }
  return [...new Set(values)].toSorted((a, b) => a - b)
}

function table(cells: Cell[]): string {
  return [
    ...cells.slice(0, 1).map(({ noticeHours, rate, openings }) => `${noticeHours} h before the chair, ${percent(rate)} say YES (${openings} openings)`),
    `  ${''.padEnd(14)}${'filled (95 %)'.padEnd(24)}${'minutes'.padEnd(9)}${'texts'.padEnd(8)}came second`,
    ...cells.map(({ strategy, filled, medianMinutes, textsPerFilled, second }) => `  ${short(strategy).padEnd(14)}${`${percent(filled.rate)} (${percent(filled.low)}-${percent(filled.high)})`.padEnd(24)}${(medianMinutes?.toFixed(0) ?? '-').padEnd(9)}${(textsPerFilled?.toFixed(1) ?? '-').padEnd(8)}${percent(second)}`),
  ].join('\n')
}

function fairTable(fairness: Fairness[], rate: number): string {
  return [
    `Who is asked, by policy: ${fairness[0]?.openings ?? 0} chairs in a row, 24 h before, ${percent(rate)} say YES`,
    `  ${''.padEnd(16)}${'filled'.padEnd(10)}${'Gini'.padEnd(8)}${'never asked'.padEnd(13)}${'never won'.padEnd(11)}mean price (of the highest)`,
    ...fairness.map(({ policy, filled, gini, neverAsked, neverWon, value }) => `  ${policy.replaceAll('_', ' ').padEnd(16)}${percent(filled).padEnd(10)}${gini.toFixed(2).padEnd(8)}${percent(neverAsked).padEnd(13)}${percent(neverWon).padEnd(11)}${percent(value)}`),
  ].join('\n')
}

async function draw({ cells, file, openings, list }: { cells: Cell[]; file: string; openings: number; list: number }): Promise<void> {
  const panelOf = (hours: number): string => `${hours} h before the chair`
  const { png } = await drawCurves({
    title: 'How many empty chairs are filled',
    subtitle: [`${openings.toLocaleString('en')} simulated openings a point, ${list} on the list, at most 12 asked, texts only from 9:00 to 20:00; bands are 95 % intervals.`, 'Simulated, not measured in a salon: half of the answers come within 12 minutes, exponentially; 30 % of the others say NO.'],
    xTitle: 'share of clients who say YES to an offer', yTitle: 'chairs filled',
    panels: [...new Set(cells.map(({ noticeHours }) => panelOf(noticeHours)))],
    lines: strategies.map((strategy) => looks[strategy]),
    points: cells.map(({ strategy, rate, noticeHours, filled }): CurvePoint => ({ panel: panelOf(noticeHours), line: looks[strategy].name, x: rate, y: filled.rate, low: filled.low, high: filled.high })),
    mark: { x: 0.083, label: '8.3 %' },
  })
  try {
    await writeFile(file, png)
  } catch (cause) {
    throw new DeskError('invalid_input', { message: 'picture not written', userMessage: `The picture cannot be written to ${file}. Choose a file in a folder that exists.`, cause })
  }
}

function short(strategy: Strategy): string {
  return strategy === 'waves' ? 'waves' : strategy === 'all' ? 'all at once' : `one, ${strategy.slice(4)} min`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`
}
