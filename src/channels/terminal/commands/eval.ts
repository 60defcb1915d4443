import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Desk } from '../../../app.ts'
import { unwrap } from '../../../platforms/unwrap.ts'
import { DeskError } from '../../../salon/errors.ts'
import { type Instant, toInstant, type Zone } from '../../../salon/time.ts'
import { type Evaluation, evaluateRequests, LabelledRequest } from '../../../understanding/evaluate-requests.ts'
import { directoryFromLabels, directoryOf, knowsEverybody, LabelledSalon } from '../../../understanding/labelled-salon.ts'
import { type Directory, makeDirectory } from '../../../understanding/make-directory.ts'
import { openUnderstanding } from '../../../understanding/open-understanding.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'
import { wrapText } from '../wrap.ts'
import { parseJson, readText } from './labelled-file.ts'

type Options = { json?: boolean; salon?: string }

/**
 * `desk eval requests FILE` (and `replies`, in eval-replies.ts): how many labelled requests the embedded model reads right, beside keywords alone.
 * The names in them are those of `--salon` (or of `FILE` with `.salon.json` in place of `.jsonl`), else of the salon in the book, else
 * those in the labels. Days count from that file's `now`, else from the clock.
 */
export async function evaluate({ terminal, what, file, options }: { terminal: Terminal; what: string; file: string; options: Options }): Promise<void> {
  if (what === 'replies') return (await import('./eval-replies.ts')).evaluateReplyFile({ terminal, file, json: options.json === true })
  if (what !== 'requests') throw new DeskError('invalid_input', { message: `cannot evaluate ${what}`, userMessage: `There is nothing to measure called "${what}". There is: requests, replies.` })
  const lines = readLines(await readText(file), file)
  const given = await readSalon(file, options.salon)
  await withDesk({ terminal }, async (desk) => {
    const { from, ...salon } = await chooseSalon({ desk, lines, given })
    const understanding = await openUnderstanding({ embedder: desk.embedder, cacheDir: resolve(desk.config.home, 'understanding') })
    const evaluation = await evaluateRequests({ understanding, lines, ...salon })
    terminal.out(options.json === true ? JSON.stringify({ names: from, now: salon.now, ...evaluation }, null, 2) : wrapText(render(evaluation, `Names from ${from}; days count from ${salon.now}.`), terminal.columns))
  })
}

function readLines(text: string, file: string): LabelledRequest[] {
  const lines = text.split('\n').flatMap((line, index): LabelledRequest[] => {
    if (line.trim() === '') return []
    const parsed = LabelledRequest.safeParse(parseJson(line))
    if (parsed.success) return [parsed.data]
    const [issue] = parsed.error.issues
    throw new DeskError('invalid_input', { message: 'bad labelled line', userMessage: `${file} line ${index + 1} is not a labelled request (${issue?.path.join('.') || 'not JSON'}). Write it like {"text": "who is in at 3", "intent": "day_book", "slots": {"time": "15:00"}}.` })
  })
  if (lines.length === 0) throw new DeskError('invalid_input', { message: 'empty eval file', userMessage: `${file} holds no requests.` })
  return lines
}

async function readSalon(file: string, named: string | undefined): Promise<LabelledSalon | undefined> {
  const beside = named ?? file.replace(/\.jsonl$/, '.salon.json')
  if (beside === file) return undefined
  const text = named === undefined ? await readFile(beside, 'utf8').catch(() => undefined) : await readText(beside)
  if (text === undefined) return undefined
  const parsed = LabelledSalon.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new DeskError('invalid_input', { message: 'bad labelled salon', userMessage: `${beside} is not the description of a salon (${parsed.error.issues[0]?.path.join('.') || 'not JSON'}).` })
}

async function chooseSalon({ desk, lines, given }: { desk: Desk; lines: LabelledRequest[]; given: LabelledSalon | undefined }): Promise<{ directory: Directory; now: Instant; zone: Zone; from: string }> {
  const { staff, services, locations } = unwrap(await desk.platform.catalog())
  const now = given?.now === undefined ? desk.clock.now() : toInstant(given.now)
  const zone = given?.zone ?? locations[0]?.zone ?? 'UTC'
  if (given !== undefined) return { directory: directoryOf(given), now, zone, from: 'the file beside the requests' }
  const book = { clientNames: unwrap(await desk.platform.clientNames()), staff, services, locations }
  if (knowsEverybody({ lines, book })) return { directory: makeDirectory(book), now, zone, from: 'the book' }
  return { directory: directoryFromLabels({ lines, book }), now, zone, from: 'the labels' }
}

function render({ n, right, rightIntent, byIntent, failures, baseline }: Evaluation, note: string): string {
  const share = (count: number) => `${String(count).padStart(4)} of ${n}  ${((100 * count) / n).toFixed(1).padStart(5)} %`
  return [
    `                     embedded model          keywords alone`,
    `all right            ${share(right)}       ${share(baseline.right)}`,
    `right intent         ${share(rightIntent)}       ${share(baseline.rightIntent)}`,
    '',
    ...Object.entries(byIntent).toSorted(([a], [b]) => a.localeCompare(b)).map(([intent, { n: of, right: ok }]) => `  ${intent.padEnd(22)} ${String(ok).padStart(3)} of ${of}`),
    ...(failures.length === 0 ? [] : ['', 'Read otherwise:']),
    ...failures.map(({ text, expected, read }) => `  "${text}": expected ${expected}; read ${read}`),
    '',
    note,
  ].join('\n')
}
