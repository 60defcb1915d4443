import type { CallStory } from '../../phone/phone.ts'
import { DeskError } from '../../salon/errors.ts'
import { namesOf } from '../../store/people.ts'
import type { Button, Card, Part, View } from './card.ts'
import type { CardRoom } from './card-room.ts'
import { fitParts, fitTitle, wholeParts } from './fit-parts.ts'
import { phoneOf, whenOf } from './phone-view.ts'
import { sayMoment } from './say-moment.ts'
import { sayCameTo, sayCaller, sayMs, sayQuality, sayUrgentCall, sayWhoCalled, sayWhyCalled } from './say-phone.ts'

/** As much of a conversation as leaves a message in Slack its buttons (a message that is cut has none). */
const mostOnCard = { turns: 12, characters: 4_500 } as const

type SeenTo = { by: string; at: string }
type When = Awaited<ReturnType<typeof whenOf>>

/**
 * The story of one call, for whoever takes it over or calls back: what must be seen first, who it was and how sure that is,
 * why it wants a person, the caller's own words, the end of the conversation (`whole`: all of it), the number to call, and how
 * the desk did. Throws `DeskError('not_found')`.
 */
export async function phoneStory({ room, callId, whole = false }: { room: CardRoom; callId: string; whole?: boolean }): Promise<View> {
  const [story, when] = await Promise.all([phoneOf(room).then((phone) => phone.story(callId)), whenOf(room)])
  if (story.direction === 'out') throw new DeskError('not_found', { message: 'a call of ours', userMessage: 'That call was made from here; it stands on the call list.' })
  const seenTo = story.needsPerson ? undefined : await readSeenTo(room, callId)
  const card = drawStory({ room, story, when, seenTo, whole })
  return { subject: card.subject, summary: [card.title, ...(story.needsPerson && story.why !== undefined ? [`Why: ${sayWhyCalled(story.why)}`] : []), sayState({ story, when, seenTo })].join('. '), cards: [card] }
}

function drawStory({ room, story, when, seenTo, whole }: { room: CardRoom; story: CallStory; when: When; seenTo: SeenTo | undefined; whole: boolean }): Card {
  const urgent = sayUrgentCall(story.why)
  const said = story.turns.flatMap((turn) => drawTurn(turn, when))
  const shown = whole ? said : lastOf(said)
  const { message } = story
  return {
    subject: `${whole ? 'spoken' : 'phone'}:${story.callId}`,
    title: fitTitle(`${urgent === undefined || !story.needsPerson ? '' : `${urgent.title}: `}call from ${sayCaller(story)}`.replace(/^./, (letter) => letter.toUpperCase())).title,
    tone: story.needsPerson ? 'waiting' : 'plain',
    parts: [
      ...fitParts([
        ...(urgent === undefined ? [] : [{ kind: 'notice' as const, text: urgent.words }]),
        { kind: 'text', text: `${sayState({ story, when, seenTo })}.` },
        { kind: 'facts', rows: [
          { label: 'Who', value: sayWhoCalled(story) },
          { label: 'Call back', value: story.from ?? 'the caller hides the number' },
          { label: 'Called', value: sayLength(story, when) },
          ...(story.why === undefined ? [] : [{ label: story.needsPerson ? 'Why it wants a person' : 'Why it wanted a person', value: sayWhyCalled(story.why) }]),
          { label: 'What it came to', value: sayCameTo(story) },
        ] },
      ]).parts,
      // Their words in full: what matters may be in the last line.
      ...(message === undefined ? [] : wholeParts([{ kind: 'words', label: 'The caller said, word for word', text: message }])),
      ...(shown.length === 0 ? [] : (whole ? wholeParts : cutParts)([{ kind: 'texts', items: shown }])),
      ...(said.length > shown.length ? [{ kind: 'small' as const, text: `The last ${shown.length} of ${said.length} things that were said.` }] : []),
      { kind: 'small', text: `${sayQuality(story.quality)}. Written down by a machine: names and numbers may be wrong.`.replace(/^./, (letter) => letter.toUpperCase()) },
    ],
    buttons: buttonsFor({ room, story, more: said.length > shown.length }),
  }
}

type Item = Extract<Part, { kind: 'texts' }>['items'][number]

const cutParts = (parts: Part[]): Part[] => fitParts(parts).parts

function drawTurn({ at, heard, said, cutTo, firstWordMs }: CallStory['turns'][number], when: When): Item[] {
  const moment = sayMoment(at, when)
  const event = sayEvent(heard)
  const took = firstWordMs === undefined ? '' : ` (after ${sayMs(firstWordMs)})`
  return [
    ...(heard === '' ? [] : [{ whose: 'client' as const, label: event === undefined ? `The caller said, ${moment}` : `On the line, ${moment}`, text: event ?? heard }]),
    ...(said === '' ? [] : [{ whose: 'salon' as const, label: `The desk said, ${moment}${took}${cutTo === undefined ? '' : cutTo === '' ? ' — cut in: they heard none of it' : ` — cut in: they heard only “${cutTo}”`}`, text: said }]),
  ]
}

/** What happened without words is kept in brackets, a key as `(keys) 1`. */
function sayEvent(heard: string): string | undefined {
  const keys = /^\(keys\) ([\d*#]+)$/.exec(heard)?.[1]
  // A code that was pressed is nobody's to read.
  if (keys !== undefined) return keys.length > 1 ? 'pressed several keys' : `pressed ${keys}`
  return /^\(([a-z ]+)\)$/.exec(heard)?.[1]
}

function lastOf(items: Item[]): Item[] {
  let room: number = mostOnCard.characters
  const kept = items.slice(-mostOnCard.turns).toReversed()
  const until = kept.findIndex(({ label, text }) => {
    room -= label.length + Math.min(text.length, 1_000)
    return room < 0
  })
  return (until === -1 ? kept : kept.slice(0, Math.max(until, 1))).toReversed()
}

function sayState({ story: { needsPerson, startedAt, endedAt }, when, seenTo }: { story: CallStory; when: When; seenTo: SeenTo | undefined }): string {
  if (needsPerson) return `This call waits for a person since ${sayMoment(startedAt, when)}${endedAt === undefined ? ', and is still on the line' : ''}`
  if (seenTo !== undefined) return `Seen to by ${seenTo.by} at ${sayMoment(seenTo.at, when)}`
  return endedAt === undefined ? 'Still on the line' : 'Nothing waits here'
}

function sayLength({ startedAt, endedAt }: CallStory, when: When): string {
  const seconds = endedAt === undefined ? 0 : Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1_000)
  const long = seconds < 1 ? '' : seconds < 60 ? `, for ${seconds} s` : `, for ${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${sayMoment(startedAt, when)}${long}`
}

function buttonsFor({ room: { tokens }, story: { callId, needsPerson, client, likely }, more }: { room: CardRoom; story: CallStory; more: boolean }): Button[] {
  const show = (subject: string, label: string): Button => ({ action: 'show', token: tokens.make({ action: 'show', ref: [subject] }), label })
  const known = client ?? likely
  return [
    ...(needsPerson ? [{ action: 'phone:seen', token: tokens.make({ action: 'phone:seen', ref: [callId] }), label: 'Seen to', style: 'primary' as const }] : []),
    ...(known === undefined ? [] : [show(`thread:${known.id}`, client === undefined ? `Texts of ${known.name}`.slice(0, 74) : 'Their texts')]),
    ...(more ? [show(`spoken:${callId}`, 'Whole conversation')] : []),
  ]
}

async function readSeenTo({ store: { db } }: CardRoom, callId: string): Promise<SeenTo | undefined> {
  const row = await db.selectFrom('audit').select(['actor', 'at']).where('subject', '=', `phone:${callId}`).where('action', '=', 'phone.seen_to').orderBy('seq', 'desc').executeTakeFirst()
  return row === undefined ? undefined : { by: (await namesOf(db, [row.actor])).get(row.actor) ?? 'somebody', at: row.at }
}
