import { isPaused } from '../../approvals/rollout.ts'
import { isStranger } from '../../messages/receiving/find-sender.ts'
import type { ReadAs, Text, Thread } from '../../messages/messages.ts'
import { textKind } from '../../messages/sending/text-action.ts'
import { sayList } from '../../salon/plain-names.ts'
import type { Instant, Zone } from '../../salon/time.ts'
import { namesOf } from '../../store/people.ts'
import type { Button, Card, Part, View } from './card.ts'
import type { CardRoom } from './card-room.ts'
import { fitParts, fitTitle, wholeParts } from './fit-parts.ts'
import { drawProposal } from './proposal-view.ts'
import { sayMoment } from './say-moment.ts'
import { sayReading, sayUrgent, sayWhy } from './say-reply.ts'
import { sayBecame } from './say-text.ts'
import { sayVisit, type ThreadFacts, threadFacts } from './thread-facts.ts'

/** The last texts that a card shows, and the most that the whole thread does. */
const mostTexts = { card: 5, whole: 200 } as const
/** Changes for this client that wait are shown below; more only count elsewhere. */
const mostProposals = 2

/**
 * A client's texts for whoever sees to them: who it is, when they come next, what was said and what became of it, how a
 * reply that waits was read and why it waits, and what waits for a decision because of it. `whole`: every text.
 * Throws `DeskError('not_found')`.
 */
export async function threadView({ room, clientId, whole = false }: { room: CardRoom; clientId: string; whole?: boolean }): Promise<View> {
  const thread = await room.messages.thread(clientId)
  const waits = waitingReply(thread)
  const [facts, paused, open] = await Promise.all([threadFacts({ room, clientId, reply: waits }), isPaused(room.store.db), openFor({ room, clientId })])
  const people = await namesOf(room.store.db, [thread.seenTo?.by, thread.takenBy?.by, facts.optOut?.by].filter((id) => id !== undefined))
  const drawing: Drawing = { room, thread, facts, waits, when: { zone: facts.zone, now: room.clock.now(), paused }, nameOf: (id) => people.get(id) ?? 'somebody' }
  const card = drawThread(drawing, whole)
  return { subject: card.subject, summary: `${card.title}. ${sayState(drawing)}`, cards: [card, ...(await Promise.all(open.slice(0, mostProposals).map((proposal) => drawProposal({ room, proposal }))))] }
}

type Drawing = { room: CardRoom; thread: Thread; facts: ThreadFacts; waits: Text | undefined; when: { zone: Zone; now: Instant; paused: boolean }; nameOf: (id: string) => string }

/** The newest reply that waits for a person. */
export function waitingReply({ texts }: Thread): Text | undefined {
  return texts.findLast(({ direction, needsPerson }) => direction === 'in' && needsPerson)
}

/** Changes that would be told to this client or were asked for in their texts, and wait. */
async function openFor({ room, clientId }: { room: CardRoom; clientId: string }) {
  const open = await room.approvals.list()
  return open.filter(({ conversation, requestedBy, facts: { message } }) => conversation === `thread:${clientId}` || requestedBy === `client:${clientId}` || (message?.kind === 'text' && message.clientId === clientId))
}

function drawThread(drawing: Drawing, whole: boolean): Card {
  const { thread: { client, texts, takenBy, optedOut }, facts, waits, when } = drawing
  const why = waits === undefined ? undefined : facts.whys.get(waits.id) ?? (waits.did === 'opted_out' ? 'said_stop' : undefined)
  const urgent = waits === undefined ? undefined : sayUrgent({ why, read: waits.read })
  const reading = waits === undefined ? undefined : sayReading(waits)
  const shown = texts.slice(-(whole ? mostTexts.whole : mostTexts.card))
  return {
    subject: `${whole ? 'texts' : 'thread'}:${client.id}`,
    title: fitTitle(`Texts with ${client.name}`).title,
    tone: texts.some(({ needsPerson }) => needsPerson) ? 'waiting' : 'plain',
    parts: [
      ...fitParts([
        { kind: 'text', text: sayState(drawing) },
        ...(urgent === undefined ? [] : [{ kind: 'notice' as const, text: urgent }]),
        ...(takenBy === undefined ? [] : [{ kind: 'notice' as const, text: `${drawing.nameOf(takenBy.by)} has taken this over at ${sayMoment(takenBy.at, when)}: the desk says nothing until it is handed back.` }]),
        ...(optedOut ? sayOptOut(drawing) : []),
        { kind: 'facts', rows: [
          ...(isStranger(client.id) ? [] : [{ label: 'Next visit', value: facts.ahead[0] === undefined ? 'none booked' : sayVisit(facts.ahead[0], { catalog: facts.catalog, now: when.now }) }]),
          ...(reading === undefined ? [] : [{ label: 'Read as', value: reading }]),
          ...(why === undefined ? [] : [{ label: 'Why it is here', value: sayWhy(why) }]),
          ...(facts.others.length === 0 ? [] : [{ label: 'Same number', value: `${sayList(facts.others)} (it may be any of them)` }]),
        ] },
      ]).parts,
      // In full: what a client wants may be in the last line.
      ...wholeParts(shown.length === 0 ? [] : [{ kind: 'texts', items: shown.map((text) => drawText(text, when)) }]),
      ...(texts.length > shown.length ? [{ kind: 'small' as const, text: `The last ${shown.length} of ${texts.length} texts.` }] : []),
    ],
    buttons: buttonsFor(drawing, whole),
  }
}

function drawText(text: Text, when: Drawing['when']): Extract<Part, { kind: 'texts' }>['items'][number] {
  const { direction, channel, body, at, needsPerson, state } = text
  const moment = sayMoment(at, when)
  if (channel === 'voice') return drawSpoken(text, moment)
  if (direction === 'in') return { whose: 'client', label: `The client wrote, ${moment}`, text: body, ...(needsPerson ? { waits: true } : {}) }
  const wrote = { queued: 'The salon will write', sent: 'The salon wrote', unknown: 'The salon wrote', failed: 'The salon meant to write', suppressed: 'The salon meant to write', received: 'The salon wrote' }[state]
  const became = sayBecame(text, when).replace(/\.$/, '')
  // "The salon wrote, 9:41 am (sent at 9:41 am)" would say it twice.
  const more = became === `sent at ${moment}` ? '' : ` (${became})`
  return { whose: 'salon', label: `${wrote}${channel === 'email' ? ' by email' : ''}, ${moment}${more}`, text: body, ...(needsPerson ? { waits: true } : {}) }
}

/** What was said on the phone stands among the texts. What was not heard asks nothing and promised nothing. */
function drawSpoken({ direction, body, needsPerson, state }: Text, moment: string): Extract<Part, { kind: 'texts' }>['items'][number] {
  const whose = direction === 'in' ? 'client' as const : 'salon' as const
  return { whose, label: `The ${whose} said on the phone, ${moment}${state === 'failed' ? ' (cut off: the client did not hear all of it)' : ''}`, text: body, ...(needsPerson ? { waits: true } : {}) }
}

function sayState({ thread: { texts, seenTo }, when, nameOf }: Drawing): string {
  const waiting = texts.filter(({ needsPerson }) => needsPerson)
  const [first] = waiting
  if (first !== undefined) return waiting.some(({ direction }) => direction === 'in') ? `This waits for a person since ${sayMoment(first.at, when)}: the desk does not answer it by itself.` : 'This waits for a person: a text may not have arrived.'
  if (seenTo !== undefined) return `Seen to by ${nameOf(seenTo.by)} at ${sayMoment(seenTo.at, when)}.`
  return texts.length === 0 ? 'No texts yet.' : 'Nothing waits here.'
}

function sayOptOut({ facts: { optOut }, when, nameOf }: Drawing): Part[] {
  if (optOut === undefined) return [{ kind: 'notice', text: 'The record in the booking system says no texts. Please call instead.' }]
  const { at, words, isKeyword, isByStaff, by } = optOut
  return [
    { kind: 'notice', text: `${isByStaff ? `${nameOf(by)} noted at ${sayMoment(at, when)} that this client wants no more texts` : `This client asked for no more texts at ${sayMoment(at, when)}`}, in these words: “${words}”. Please call instead.` },
    ...(isKeyword ? [{ kind: 'small' as const, text: 'The phone company blocks texts to this number, too. To get texts again the client must text START.' }] : []),
  ]
}

const readAsLabels: [ReadAs, string][] = [['yes', 'They confirm'], ['change', 'They want another time'], ['cancel', 'They want to cancel'], ['no', 'They say no']]

function buttonsFor({ room: { tokens, actions }, thread: { client, texts, takenBy, optedOut }, facts, waits }: Drawing, whole: boolean): Button[] {
  const button = (action: string, label: string, { ref = [], ...more }: { ref?: string[] } & Omit<Button, 'action' | 'token' | 'label'> = {}): Button => ({ action, token: tokens.make({ action, ref: [client.id, ...ref] }), label, ...more })
  const newest = texts.at(-1)
  const isKnown = !isStranger(client.id)
  const readings = waits === undefined ? [] : readAsLabels.filter(([as]) => makesSense(as, { facts, waits, optedOut }))
  return [
    ...(waits === undefined ? [] : readings.map(([as, label]) => button(`read_as:${as}`, label, { ref: [String(waits.id)], ...(waits.read?.intent === as ? { style: 'primary' as const } : {}) }))),
    ...(newest === undefined || !texts.some(({ needsPerson }) => needsPerson) ? [] : [button('seen_to', readings.length > 0 ? 'Nothing to do' : 'Seen to', { ref: [String(newest.id)], ...(readings.length > 0 ? {} : { style: 'primary' as const }) })]),
    ...(isKnown && !optedOut && actions.has(textKind) ? [button('write', 'Write…', { opensForm: true, ref: waits === undefined ? [] : [String(waits.id)] })] : []),
    ...(texts.length === 0 ? [] : [takenBy === undefined ? button('take_over', 'Take over') : button('hand_back', 'Hand back to the desk')]),
    ...(optedOut && facts.optOut !== undefined && !facts.optOut.isKeyword ? [button('consent:in', 'Allow texts again…', { opensForm: true })] : []),
    ...(optedOut || waits !== undefined ? [] : [button('consent:out', 'No more texts…', { opensForm: true })]),
    ...(whole || texts.length <= mostTexts.card ? [] : [{ action: 'show', token: tokens.make({ action: 'show', ref: [`texts:${client.id}`] }), label: `All ${texts.length} texts` }]),
  ]
}

/** A YES or NO needs the one question it answers; another time or a cancellation, a visit ahead. Times are offered by text, so not to who wants none. */
function makesSense(as: ReadAs, { facts: { questions, ahead }, waits, optedOut }: { facts: ThreadFacts; waits: Text; optedOut: boolean }): boolean {
  if (as === 'change' || as === 'cancel') return ahead.length > 0 && !(as === 'change' && optedOut)
  const [question] = questions
  if (question === undefined || questions.length > 1) return false
  return as === 'no' || /confirm/.test(question.handler) || waits.read?.intent === 'yes'
}
