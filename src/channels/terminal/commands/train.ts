import { join, resolve } from 'node:path'
import { unwrap } from '../../../platforms/unwrap.ts'
import { backtest } from '../../../risk/backtest.ts'
import type { Figure, Metrics } from '../../../risk/metrics.ts'
import type { RiskModel } from '../../../risk/open-model.ts'
import { train } from '../../../risk/train.ts'
import { writeModel } from '../../../risk/write-model.ts'
import { DeskError } from '../../../salon/errors.ts'
import { toLocalDate } from '../../../salon/time.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'

/** `desk train`: fits on the salon's own history; the new model is used from now on only when it is better. */
export async function trainModel({ terminal, options }: { terminal: Terminal; options: { through?: string; out?: string; json?: boolean } }): Promise<void> {
  await withDesk({ terminal }, async ({ platform, risk, config }) => {
    const histories = unwrap(await platform.history({}))
    const catalog = unwrap(await platform.catalog())
    terminal.err(`Learning from ${histories.length} appointments …`)
    const training = await train({ histories, catalog, ...(await currentModel(risk)), ...(options.through === undefined ? {} : { through: toLocalDate(options.through) }) })
    const dir = options.out === undefined ? join(config.home, 'models/risk') : resolve(options.out)
    const write = training.promoted || options.out !== undefined
    if (write) await writeModel({ dir, training, source: `The history of ${catalog.business.name}, on its own machine.` })
    if (options.json === true) return terminal.out(JSON.stringify({ candidate: training.candidate, promoted: training.promoted, why: training.why, results: training.results, ...(write ? { dir } : {}) }, null, 2))
    for (const { name, model, naive } of training.results) {
      terminal.out(`${name}: AUC ${say(model?.auc)}, the naive rule ${say(naive?.auc)}`)
    }
    terminal.out(`${training.promoted ? 'The new model is used from now on' : 'The present model stays'}: ${training.why}`)
    if (write) terminal.out(`Written to ${dir}; card.md there says what it knows and what not.`)
  })
}

/** A damaged model is nothing to compare with, and must not keep us from making a new one. */
async function currentModel(risk: () => Promise<RiskModel>): Promise<{ current?: RiskModel }> {
  return risk().then((current) => ({ current }), (error: unknown) => {
    if (error instanceof DeskError && error.code === 'corrupt') return {}
    throw error
  })
}

/** `desk backtest`: each visit scored as on the morning before, then the summary. */
export async function runBacktest({ terminal, options }: { terminal: Terminal; options: { from: string; to: string; json?: boolean } }): Promise<void> {
  await withDesk({ terminal }, async ({ platform }) => {
    const { lines, summary } = backtest({
      histories: unwrap(await platform.history({})), catalog: unwrap(await platform.catalog()), from: toLocalDate(options.from), to: toLocalDate(options.to),
    })
    if (options.json === true) {
      for (const line of lines) terminal.out(JSON.stringify(line))
      return terminal.out(JSON.stringify({ summary }))
    }
    terminal.out(`${summary.n} visits from ${summary.from} to ${summary.to}, ${summary.failures} failures (95 % intervals)\n`)
    terminal.out(table([['', 'model', 'naive rule', 'without consultations'], ...rows.map(([label, key]) => [label, say(summary[key]), say(summary.naive?.[key]), say(summary.withoutConsultations.model?.[key])])]))
    terminal.out('\nThe naive rule scores a client by the share of past visits that failed. With this few failures, differences below .07 are noise.')
  })
}

const rows: [string, keyof Pick<Metrics, 'auc' | 'averagePrecision' | 'brier' | 'calibrationError' | 'lift10' | 'lift20'>][] = [
  ['AUC', 'auc'], ['average precision', 'averagePrecision'], ['Brier score', 'brier'], ['calibration error', 'calibrationError'], ['lift, top 10 %', 'lift10'], ['lift, top 20 %', 'lift20'],
]

function say(figure: Figure | undefined): string {
  return figure === undefined ? '-' : `${figure.value.toFixed(3)} (${figure.low.toFixed(3)}-${figure.high.toFixed(3)})`
}

function table(cells: string[][]): string {
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n')
}
