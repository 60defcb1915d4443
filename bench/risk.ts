import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backtest } from '../src/risk/backtest.ts'
import { candidates } from '../src/risk/candidates.ts'
import { fitModel, probability } from '../src/risk/fit-model.ts'
import { openRiskModel } from '../src/risk/open-model.ts'
import { train } from '../src/risk/train.ts'
import { trainingRows } from '../src/risk/training-rows.ts'
import { writeModel } from '../src/risk/write-model.ts'
import { riskCatalog, riskHistories } from '../test/support/risk-histories.ts'
import { against, measure } from './figure.ts'
import type { BenchFigure } from './figure.ts'

const batch = 1000

/** Scoring one booking and a thousand through ONNX beside the same model in plain JavaScript, both kinds of model; and a backtest of two months. */
export async function benchRisk(): Promise<BenchFigure[]> {
  const histories = riskHistories({ clients: 300, visits: 6 })
  const rows = trainingRows({ histories, catalog: riskCatalog })
  const training = await train({ histories, catalog: riskCatalog })
  const home = await mkdtemp(join(tmpdir(), 'front-desk-copilot-bench-'))
  try {
    const figures: BenchFigure[] = []
    for (const kind of ['logistic', 'trees'] as const) {
      const candidate = candidates.find((each) => each.kind === kind) ?? candidates[0]
      const fit = fitModel({ rows, candidate })
      const dir = join(home, kind)
      await writeModel({ dir, training: { ...training, fit, candidate: candidate.name }, source: 'A generated salon.' })
      const model = await openRiskModel({ dir })
      const pick = (i: number, count: number) => Array.from({ length: count }, (_, j) => rows[(i * 37 + j) % rows.length] ?? rows[0]!)
      for (const count of [1, batch]) {
        const what = `${count === 1 ? 'one booking' : `${count} bookings`}, ${kind}`
        const baseline = await measure({ name: `score ${what}, plain JavaScript`, n: 50, run: (i) => pick(i, count).map((row) => probability(fit, row)) })
        figures.push(baseline, against({ figure: await measure({ name: `score ${what}, ONNX`, n: 50, run: (i) => model.probabilities(pick(i, count)) }), baseline }))
      }
      figures.push(await measure({ name: `score ${batch} bookings with reasons, ${kind}`, n: 20, run: (i) => model.score(pick(i, batch)) }))
    }
    figures.push(await measure({ name: `backtest of two months (${histories.length} bookings)`, n: 3, warmUp: 1, run: () => backtest({ histories, catalog: riskCatalog, from: '2018-05-01', to: '2018-06-30' }) }))
    return figures
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}
