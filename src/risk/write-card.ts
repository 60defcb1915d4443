import type { Figure, Metrics } from './metrics.ts'
import type { ModelDescription } from './model-files.ts'
import type { Training } from './train.ts'

/** The model card (Markdown): whose history, how good with intervals, what it does not know, how to make it again. */
export function writeCard({ description, training, source }: { description: ModelDescription; training: Training; source: string }): string {
  const { id, rows, failures, baseRate, bands, trainedThrough, kind, lambda, calibration } = description
  const { model, naive, withoutConsultations } = training.comparison
  return `# Risk model ${id}

**What it says.** The probability that a booking ends in a *failure*: a no-show, or a cancellation on the day before or the day itself.
It is made for one use: to decide whom the front desk calls first. It must not be used to refuse a booking, and it does not tell why a person behaves as they do.

**History.** ${source} Learned from ${rows} call-list visits up to ${trainedThrough}, ${failures} of them failures (${percent(baseRate)}).

**Kind.** ${training.candidate}: ${kind === 'logistic' ? `logistic regression, L2 penalty ${lambda} on standardised columns, penalty chosen on forward-chained folds` : 'gradient-boosted trees on histograms'}; calibrated (Platt, slope ${calibration.slope.toFixed(2)}, offset ${calibration.offset.toFixed(2)}).
Bands: medium from ${percent(bands.medium)}, high from ${percent(bands.high)} (1.25 and 2.5 times the base rate); a salon may set its own.

## How good it is

Each visit from ${training.walkForward.from} to ${training.walkForward.to} was scored as on the start of the day before it, by a model refitted on visits whose end was known by then. 95 % intervals are bootstraps over clients.
The rule to beat is the client's own past failure rate (the salon's for a client without a record), on the same visits.

${table([
  ['all visits', model],
  ['the rule, all visits', naive],
  ['without consultations', withoutConsultations.model],
  ['the rule, without consultations', withoutConsultations.naive],
])}

With about a hundred failures or fewer, differences in AUC below .07 are noise. An AUC above .80 would mean that the future leaked in.
Resampling can only add to a calibration error, so its interval leans upwards.
Consultations are shown apart because a desk may code a visit as a consultation only after the client did not come: part of what the model gains there may be that habit.

Candidates on the same visits (log loss, lower is better; a more complex one wins only by more than one standard error):
${training.results.map((result) => `- ${result.name}: ${result.logLoss.toFixed(4)}, AUC ${say(result.model?.auc)}`).join('\n')}

## What it looks at

${description.features.map(({ name, weight }) => `- ${name}${weight === undefined ? '' : ` (${weight >= 0 ? '+' : '−'}${Math.abs(weight).toFixed(3)} a standard deviation)`}`).join('\n')}

All as known at the moment of scoring; a client's own outcome never enters their own history, and a visit's history ends where the salon's records end (a first visit "on our records" may not be the first).

## What it does not know

- The time of day: exports lose it exactly for cancelled bookings, so that it would tell the outcome.
- What the salon's records do not hold: here a column that never varied was left out (${leftOut(description)}).
- Anything about the person except their own bookings: no age, sex, origin, health, address, no protected attribute and nothing meant to stand in for one. What clients book (as a colour service) can still go along with who they are; look at the bands by service before acting on them.
- How a booking changed while it stood: where the records keep only the last state, services added or dropped late are seen as if booked so from the start.
- Why something happened, the weather, and other salons: on another salon's bookings the order is a first guess and the probabilities may be off until it is trained on that salon's own history.

## Making it again

\`desk import\` the salon's own history, then \`desk train\`. A new model replaces the current one only if it beats the rule above, and the current model on visits that one has not seen. The same history gives the same files.
`
}

function table(lines: [string, Metrics | null][]): string {
  const head = '| | visits | failures | AUC | average precision | Brier | calibration error | lift, top 10 % | lift, top 20 % |\n|---|---|---|---|---|---|---|---|---|'
  return [head, ...lines.map(([name, m]) => `| ${name} | ${m?.n ?? '–'} | ${m?.failures ?? '–'} | ${[m?.auc, m?.averagePrecision, m?.brier, m?.calibrationError, m?.lift10, m?.lift20].map(say).join(' | ')} |`)].join('\n')
}

function say(figure: Figure | undefined): string {
  return figure ? `${figure.value.toFixed(3)} (${figure.low.toFixed(3)} to ${figure.high.toFixed(3)})` : '–'
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function leftOut({ features }: ModelDescription): string {
  const used = new Set<string>(features.map(({ name }) => name))
  const names = { leadDays: 'lead time', confirmed: 'confirmations', deposit: 'deposits', requestedStaff: 'whether a staff member was asked for' }
  return Object.entries(names).filter(([name]) => !used.has(name)).map(([, words]) => words).join(', ') || 'none'
}
