import type { Slots } from './reading.ts'
import type { DatePhrase, TimePhrase } from './time-phrases/time-phrase.ts'

type Side = 'source' | 'target' | 'open'
type Item = { start: number; end: number; side: Side } & ({ date: DatePhrase; time?: never } | { time: TimePhrase; date?: never })

const beforeTarget = /(?:\b(?:to|until|till|til|for|into|onto|be|make it|same time)|→|->)\s+(?:the |a |any ?time |sometime |on |at )?$/i
/** "put her on saturday", "get him in at 2": no possessive, but where the visit goes. */
const putThere = /\b(?:put|get|fit|bring|squeeze|slot|move|book)\s+(?:her|him|them|it)\s+(?:(?:in|down|over)\s+)?(?:on|at|for|in)?\s*$/i
const beforeSource = /(?:\b(?:from|instead of|rather than|not|out of|off|her|his|their|my|the|that|this)|['’]s|can(?:['’]?t|not) (?:make|do|come|manage)(?: it)?(?: in)?(?: on| at)?|won['’]?t make(?: it)?(?: on)?|couldn['’]?t (?:make|do)(?: it)?(?: on)?|(?:has|is booked|was booked|booked) (?:for|on|at|in))\s+(?:the |her |his |their )?(?:on |at )?$/i
/** Between two phrases of one side only small words stand. */
const link = /^[\s,]*(?:on|at|in the|the|around|of|@)?[\s,]*$/i

/**
 * Which of the days and times of a move are the old ones and which the new: "move Dana's 2 o'clock on Thursday to Friday
 * at 3". Marks ("from", "instead of", a possessive; "to", "until") decide, a phrase joined to a marked one is of its
 * side, and of two without a mark the first is the old one.
 */
export function assignMove({ text, dates, times, services }: { text: string; dates: DatePhrase[]; times: TimePhrase[]; services: { end: number }[] }): Pick<Slots, 'date' | 'time' | 'sourceDate' | 'sourceTime'> {
  const items: Item[] = [...dates.map((date) => ({ start: date.start, end: date.end, side: 'open' as Side, date })), ...times.flatMap(splitFromTo).map(({ side, time }) => ({ start: time.start, end: time.end, side, time }))].toSorted((a, b) => a.start - b.start)
  for (const [i, item] of items.entries()) {
    if (item.side !== 'open') continue
    const written = text.slice(item.start, item.end)
    const before = text.slice(0, item.start)
    const previous = items[i - 1]
    if (item.time?.kind === 'earlier' || item.time?.kind === 'later' || /^(?:to|into|make it|until)\b/i.test(written)) item.side = 'target'
    else if (/^from\b/i.test(written)) item.side = 'source'
    else if (previous !== undefined && link.test(text.slice(previous.end, item.start)) && !insteadOf(text, previous, item)) item.side = previous.side
    else if (isOfVisit({ before, written, services })) item.side = 'source'
    else if (beforeTarget.test(before) || putThere.test(before) || /^for\b/i.test(written)) item.side = 'target'
    else if (beforeSource.test(before) || ownerBefore(before)) item.side = 'source'
  }
  // Joined phrases before the first mark take its side when nothing else does: "thursday 2pm to friday 3pm".
  for (const kind of ['date', 'time'] as const) {
    const ofKind = items.filter((item) => item[kind] !== undefined)
    const open = ofKind.filter(({ side }) => side === 'open')
    const hasTarget = ofKind.some(({ side }) => side === 'target')
    for (const item of open) item.side = hasTarget && item === open[0] ? 'source' : 'target'
  }
  const first = (side: Side): { date?: DatePhrase; time?: TimePhrase } => ({ ...pickFirst(items, side, 'date'), ...pickFirst(items, side, 'time') })
  const [source, target] = [first('source'), first('target')]
  return {
    ...(target.date && { date: target.date }), ...(target.time && { time: target.time }),
    ...(source.date && { sourceDate: source.date }), ...(source.time && { sourceTime: source.time.kind === 'after' && /^from\b/i.test(source.time.text) ? asPoint(source.time) : source.time }),
  }
}

/** "her facial on the 20th", "the appointment at 3": the visit as it is now. */
function isOfVisit({ before, written, services }: { before: string; written: string; services: { end: number }[] }): boolean {
  const upTo = before.replace(/\s(?:on|at)\s+(?:the\s+)?$/i, '')
  const joined = upTo !== before || /^(?:on|at)\b/i.test(written)
  return joined && (/\b(?:appointment|appt|booking|visit)$/i.test(upTo.trimEnd()) || services.some(({ end }) => end === upTo.trimEnd().length))
}

function pickFirst(items: Item[], side: Side, kind: 'date' | 'time'): { date?: DatePhrase } | { time?: TimePhrase } {
  const item = items.find((each) => each.side === side && each[kind] !== undefined)
  return item === undefined ? {} : item.date !== undefined ? { date: item.date } : { time: item.time }
}

/** "at half 4 instead of 3 tomorrow": the day after the old time is the day of both. */
function insteadOf(text: string, previous: Item, item: Item): boolean {
  return previous.side === 'source' && previous.time !== undefined && item.date !== undefined && /\b(?:instead of|rather than|not)\s+(?:at )?$/i.test(text.slice(0, previous.start))
}

/** "priyas 3pm": a name's possessive without its apostrophe, not "appointments 3pm". */
function ownerBefore(before: string): boolean {
  return /\b(?!appointments|times|does|this|weeks|days|hours|minutes|please|plus|class|always|perhaps)\w{3,}s\s+$/i.test(before) && !/\b(?:needs|wants|comes|works|does|prefers|likes|asks)\s+$/i.test(before)
}

function splitFromTo(time: TimePhrase): { side: Side; time: TimePhrase }[] {
  if (time.fromTo !== true || time.from === undefined || time.to === undefined) return [{ side: 'open', time }]
  const { text, start, end } = time
  return [
    { side: 'source', time: { kind: 'at', from: time.from, text, start, end } },
    { side: 'target', time: { kind: 'at', from: time.to, text, start, end } },
  ]
}

/** "from 2" of a move is the hour it is now, not a beginning. */
function asPoint(time: TimePhrase): TimePhrase {
  return { kind: 'at', ...(time.from !== undefined && { from: time.from }), text: time.text, start: time.start, end: time.end }
}
