import { resolve } from 'node:path'
import { wilson } from '../../../calls/measure-call-effect.ts'
import { evaluateReplies, LabelledReply, type Figures, type ReplyEvaluation, type Share } from '../../../replies/evaluate-replies.ts'
import { openReplyReader } from '../../../replies/open-reply-reader.ts'
import { DeskError } from '../../../salon/errors.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'
import { wrapText } from '../wrap.ts'
import { parseJson, readText } from './labelled-file.ts'

/**
 * `desk eval replies FILE`: how a client's labelled replies are read without a language model, beside the first-word rule
 * on the same rows. Rows: `text` (or `utterance`), `ctx` (or `context`), `label` (or `intent`, `expected`), and where they
 * have them `lang`, `asks`, `system_before`.
 */
export async function evaluateReplyFile({ terminal, file, json }: { terminal: Terminal; file: string; json: boolean }): Promise<void> {
  const rows = readRows(await readText(file), file)
  await withDesk({ terminal, needsBook: false }, async (desk) => {
    const reader = await openReplyReader({ embedder: desk.embedder, cacheDir: resolve(desk.config.home, 'understanding') })
    // The first reading warms the embedder, which is no client's wait.
    await reader.read({ text: 'would that perhaps be somewhat possible', asked: { kind: 'confirm' }, now: desk.clock.now(), zone: 'UTC' })
    const evaluation = await evaluateReplies({ reader, rows, now: desk.clock.now(), zone: 'America/Los_Angeles', elapsed: () => performance.now() })
    terminal.out(json ? JSON.stringify(evaluation, null, 2) : wrapText(render(evaluation), terminal.columns))
  })
}

function readRows(text: string, file: string): LabelledReply[] {
  const rows = text.split('\n').flatMap((line, index): LabelledReply[] => {
    if (line.trim() === '') return []
    const parsed = LabelledReply.safeParse(parseJson(line))
    if (parsed.success) return [parsed.data]
    const [issue] = parsed.error.issues
    throw new DeskError('invalid_input', { message: 'bad labelled line', userMessage: `${file} line ${index + 1} is not a labelled reply (${issue?.path.join('.') || 'not a JSON object'}). Write it like {"text": "yes please", "ctx": "CONFIRM", "label": "YES"}.` })
  })
  if (rows.length === 0) throw new DeskError('invalid_input', { message: 'empty eval file', userMessage: `${file} holds no replies.` })
  return rows
}

const lines: [keyof Figures, string][] = [
  ['yesRecall', 'YES read'], ['falseYes', 'false YES'], ['falseCancel', 'false CANCEL'], ['noRecall', 'NO read'], ['questionsCaptured', 'questions kept'],
  ['stopRecall', 'STOP read'], ['wronglySuppressed', 'wrongly suppressed'], ['actedOnNothing', 'acted unasked'],
]

function render({ rows, reader, firstWord, byLanguage, byRules, plainByRules, medianMs, misread }: ReplyEvaluation): string {
  return [
    `${rows} rows; in brackets the 95 % interval (Wilson)`,
    `${''.padEnd(20)}${'this reader'.padEnd(30)}first word`,
    ...lines.map(([key, name]) => `${name.padEnd(20)}${say(reader[key]).padEnd(30)}${say(firstWord[key])}`),
    '',
    ...Object.entries(byLanguage).map(([language, each]) => `${language}: ${each.rows} rows; YES read ${say(each.yesRecall)}; false YES ${say(each.falseYes)}; STOP read ${say(each.stopRecall)}; wrongly suppressed ${say(each.wronglySuppressed)}`),
    '',
    `Read by rules alone: ${say(byRules)} of all, ${say(plainByRules)} of plain answers.`,
    `Median time a reply: ${medianMs.toFixed(2)} ms.`,
    ...(misread.length === 0 ? [] : ['', `Read otherwise (${misread.length}):`]),
    ...misread.map(({ text, label, asked, read, sure, what }) => `  ${what}: "${text}" [${label}, asked: ${asked}] read ${read}${sure ? ', sure' : ''}`),
  ].join('\n')
}

function say({ hits, of }: Share): string {
  if (of === 0) return 'no such rows'
  const { rate, low, high } = wilson(hits, of)
  return `${hits}/${of} ${percent(rate)}% (${percent(low)}-${percent(high)})`
}

function percent(share: number): string {
  return (100 * share).toFixed(1)
}
