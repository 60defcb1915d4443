import { z } from 'zod'
import type { Instant, Zone } from '../salon/time.ts'
import { readFirstWord } from './first-word.ts'
import type { Asked, ReplyReader, ReplyReading } from './reading.ts'

const word = z.string().min(1)

/**
 * A labelled reply: `text` (or `utterance`), what it answered in `ctx` (or `context`; CONFIRM, RESCHED, OFFER… or NONE),
 * and what it means in `label` (or `intent`, `expected`). A row with `system_before` and no context answers a confirmation.
 */
export const LabelledReply = z.object({
  text: z.string().optional(), utterance: z.string().optional(),
  ctx: word.nullish(), context: word.nullish(), system_before: z.string().nullish(),
  label: word.optional(), intent: word.optional(), expected: word.optional(),
  auto: z.string().nullish(), lang: word.nullish(), asks: z.array(z.string()).nullish(),
}).refine((row) => (row.text ?? row.utterance) !== undefined, { message: 'needs a text or an utterance', path: ['text'] })
  .refine((row) => (row.label ?? row.intent ?? row.expected) !== undefined, { message: 'needs a label, an intent or what is expected', path: ['label'] })
  .transform((row) => ({
    text: row.text ?? row.utterance ?? '',
    asked: askedBy(row.ctx ?? row.context ?? (row.system_before ? 'CONFIRM' : 'NONE')),
    // "STOP (reasonable-person test)": what stands in brackets is a remark.
    label: (row.label ?? row.intent ?? row.expected ?? '').replace(/\s*\(.*$/, '').toUpperCase(),
    // A bare keyword may be meant for the appointment, and is an opt-out all the same.
    optOut: row.auto === 'optout',
    lang: row.lang ?? 'en',
    asks: row.asks ?? [],
  }))

export type LabelledReply = z.output<typeof LabelledReply>

/** `hits` of `of`, for a share with its interval. */
export type Share = { hits: number; of: number }

export type Figures = { yesRecall: Share; falseYes: Share; falseCancel: Share; noRecall: Share; questionsCaptured: Share; stopRecall: Share; wronglySuppressed: Share; actedOnNothing: Share }

export type ReplyEvaluation = {
  rows: number
  reader: Figures
  /** The same rows read by their first word. */
  firstWord: Figures
  byLanguage: Record<string, { rows: number; yesRecall: Share; falseYes: Share; stopRecall: Share; wronglySuppressed: Share }>
  /** Of all rows, and of those that are plain YES, NO, STOP, START or HELP, how many the rules settled. */
  byRules: Share
  plainByRules: Share
  medianMs: number
  misread: { text: string; label: string; asked: string; read: string; sure: boolean; by: string; what: string }[]
}

type Judged = { row: LabelledReply; read: string; sure: boolean; suppressed: boolean; captured?: boolean }

const stops = (row: LabelledReply): boolean => row.label === 'STOP' || row.optOut

/** Scores the reader on labelled replies, beside the first-word rule. `elapsed` is a monotonic clock in milliseconds. */
export async function evaluateReplies({ reader, rows, now, zone, elapsed }: { reader: ReplyReader; rows: LabelledReply[]; now: Instant; zone: Zone; elapsed: () => number }): Promise<ReplyEvaluation> {
  const judged: Judged[] = []
  const times: number[] = []
  const misread: ReplyEvaluation['misread'] = []
  let [byRules, plain, plainByRules] = [0, 0, 0]
  for (const row of rows) {
    const start = elapsed()
    const reading = await reader.read({ text: row.text, asked: row.asked, now, zone })
    times.push(elapsed() - start)
    const each = judge(row, reading)
    judged.push(each)
    if (reading.by === 'rules') byRules++
    if (['YES', 'NO', 'STOP', 'START', 'HELP'].includes(row.label) && row.asks.length === 0) {
      plain++
      if (reading.by === 'rules') plainByRules++
    }
    const what = wrongIn(each)
    if (what !== undefined) misread.push({ text: row.text, label: row.label, asked: row.asked.kind, read: each.read, sure: each.sure, by: reading.by, what })
  }
  const baseline = rows.map((row): Judged => {
    const read = readFirstWord({ text: row.text, asked: row.asked })
    return { row, read, sure: read !== 'other', suppressed: read === 'stop', captured: false }
  })
  const languages = [...new Set(rows.map(({ lang }) => lang))].toSorted()
  return {
    rows: rows.length,
    reader: figuresOf(judged),
    firstWord: figuresOf(baseline),
    byLanguage: Object.fromEntries(languages.map((lang) => {
      const { yesRecall, falseYes, stopRecall, wronglySuppressed } = figuresOf(judged.filter(({ row }) => row.lang === lang))
      return [lang, { rows: rows.filter((row) => row.lang === lang).length, yesRecall, falseYes, stopRecall, wronglySuppressed }]
    })),
    byRules: { hits: byRules, of: rows.length },
    plainByRules: { hits: plainByRules, of: plain },
    medianMs: times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0,
    misread,
  }
}

function judge(row: LabelledReply, reading: ReplyReading): Judged {
  const captured = row.asks.length === 0 ? undefined : reading.questions.length > 0
  return { row, read: reading.intent, sure: reading.sure, suppressed: reading.intent === 'stop' && reading.refuses === 'all', ...(captured !== undefined && { captured }) }
}

/** Rows whose label no reply could carry out: nothing was asked, so nothing but opting out, opting in and help may be done. */
function mayAct({ asked, label, optOut }: LabelledReply): boolean {
  return asked.kind !== 'nothing' || ['STOP', 'START', 'HELP'].includes(label) || optOut
}

function figuresOf(judged: Judged[]): Figures {
  const share = (among: (each: Judged) => boolean, hit: (each: Judged) => boolean): Share => {
    const rows = judged.filter(among)
    return { hits: rows.filter(hit).length, of: rows.length }
  }
  const isYes = ({ row }: Judged): boolean => row.label === 'YES' && row.asked.kind !== 'nothing'
  const surely = (read: string) => (each: Judged) => each.sure && each.read === read
  return {
    yesRecall: share(isYes, surely('yes')),
    falseYes: share(({ row }) => row.label !== 'YES' || row.asked.kind === 'nothing', surely('yes')),
    falseCancel: share(() => true, surely('cancel')),
    noRecall: share(({ row }) => row.label === 'NO' && row.asked.kind !== 'nothing', surely('no')),
    questionsCaptured: share((each) => isYes(each) && each.row.asks.length > 0, ({ captured }) => captured === true),
    stopRecall: share(({ row }) => row.label === 'STOP', ({ read }) => read === 'stop'),
    wronglySuppressed: share(({ row }) => !stops(row), ({ suppressed }) => suppressed),
    actedOnNothing: share(({ row }) => !mayAct(row), ({ sure }) => sure),
  }
}

function wrongIn({ row, read, sure, suppressed, captured }: Judged): string | undefined {
  if (row.label === 'STOP' && read !== 'stop') return 'opt-out missed'
  if (suppressed && !stops(row)) return 'wrongly suppressed'
  if (sure && read === 'cancel') return 'false cancel'
  if (sure && !mayAct(row)) return 'acted on'
  if (sure && read === 'yes' && row.label !== 'YES') return 'false yes'
  if (row.label === 'YES' && row.asked.kind !== 'nothing' && !(sure && read === 'yes')) return 'yes missed'
  if (row.label === 'NO' && row.asked.kind !== 'nothing' && !(sure && read === 'no')) return 'no missed'
  if (captured === false) return 'question lost'
  return undefined
}

function askedBy(context: string): Asked {
  if (/confirm|resched|remind/i.test(context)) return { kind: 'confirm' }
  return /offer|waitlist/i.test(context) ? { kind: 'offer' } : { kind: 'nothing' }
}
