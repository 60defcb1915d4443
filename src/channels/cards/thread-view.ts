import type { Text, Thread, ThreadLine } from '../../messages/messages.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { sayList } from '../../salon/plain-names.ts'
import { liveStatuses } from '../../salon/salon.ts'
import { addMinutes, sayWhen, type Zone } from '../../salon/time.ts'
import { namesOf } from '../../store/people.ts'
import type { Card, Part, View } from './card.ts'
import type { CardRoom } from './card-room.ts'
import { fitParts, fitTitle, wholeParts } from './fit-parts.ts'
import { sayMoment } from './say-moment.ts'

/** The last texts that a card shows. */
const mostTexts = 5
/** How far ahead a next visit is looked for. */
const aheadMin = 365 * 24 * 60

/** A client's texts for whoever sees to them: who it is, when they come next, what was said, and who has seen to it. Throws `DeskError('not_found')`. */
export async function threadView({ room, clientId }: { room: CardRoom; clientId: string }): Promise<View> {
  const [thread, { next, zone }] = await Promise.all([room.messages.thread(clientId), nextVisit({ room, clientId })])
  const { client, texts, optedOut } = thread
  const waiting = texts.filter(({ needsPerson }) => needsPerson)
  const now = room.clock.now()
  const subject = `thread:${clientId}`
  const { title } = fitTitle(`Texts with ${client.name}`)
  const newest = texts.at(-1)
  const state = await sayState({ room, thread, waits: waiting.length > 0, zone })
  return {
    subject,
    summary: `${title}. ${state}`,
    cards: [{
      subject,
      title,
      tone: waiting.length > 0 ? 'waiting' : 'plain',
      parts: [
        ...fitParts([
          { kind: 'text', text: state },
          ...(optedOut ? [{ kind: 'notice' as const, text: 'This client asked for no more texts. Please call instead.' }] : []),
          { kind: 'facts', rows: [{ label: 'Next visit', value: next ?? 'none booked' }] },
        ]).parts,
        // In full: what a client wants may be in the last line.
        ...wholeParts(texts.slice(-mostTexts).map((text): Part => ({ kind: 'words', label: `${text.direction === 'in' ? 'The client wrote' : sayOurs(text)}, ${sayMoment(text.at, { zone, now })}`, text: text.body }))),
        ...(texts.length > mostTexts ? [{ kind: 'small' as const, text: `The last ${mostTexts} of ${texts.length} texts.` }] : []),
      ],
      buttons: waiting.length === 0 || newest === undefined ? [] : [{ action: 'seen_to', token: room.tokens.make({ action: 'seen_to', ref: [clientId, String(newest.id)] }), label: 'Seen to', style: 'primary' }],
    }],
  }
}

/** A card with the clients whose texts wait for a person; nothing when there are none, or while the booking system does not say who they are. */
export function waitingTexts({ room, waiting }: { room: CardRoom; waiting: ThreadLine[] }): Card[] {
  if (waiting.length === 0) return []
  const shown = waiting.slice(0, mostTexts)
  return [{
    subject: 'texts',
    title: waiting.length === 1 ? 'A client\'s text waits for you' : `The texts of ${waiting.length} clients wait for you`,
    tone: 'waiting',
    parts: fitParts([
      { kind: 'list', items: shown.map(({ client, last }) => (last.direction === 'in' ? `${client.name} wrote: “${last.body}”` : `${client.name}: a text may not have arrived`)) },
      ...(waiting.length > shown.length ? [{ kind: 'small' as const, text: `${waiting.length - shown.length} more.` }] : []),
    ]).parts,
    buttons: shown.map(({ client }) => ({ action: 'show', token: room.tokens.make({ action: 'show', ref: [`thread:${client.id}`] }), label: `Open ${client.name.slice(0, 50)}` })),
  }]
}

async function sayState({ room, thread: { texts, seenTo }, waits, zone }: { room: CardRoom; thread: Thread; waits: boolean; zone: Zone }): Promise<string> {
  if (waits) return texts.some(({ needsPerson, direction }) => needsPerson && direction === 'in') ? 'This waits for a person: the desk does not answer it by itself.' : 'This waits for a person: a text may not have arrived.'
  if (seenTo === undefined) return texts.length === 0 ? 'No texts yet.' : 'Nothing waits here.'
  const names = await namesOf(room.store.db, [seenTo.by])
  return `Seen to by ${names.get(seenTo.by) ?? 'somebody'} at ${sayMoment(seenTo.at, { zone, now: room.clock.now() })}.`
}

function sayOurs({ state }: Text): string {
  switch (state) {
    case 'queued':
      return 'The salon will write'
    case 'unknown':
      return 'The salon wrote (it is not known whether it arrived)'
    case 'failed':
    case 'suppressed':
      return 'The salon meant to write (not sent)'
    case 'sent':
    case 'received': // below, so that every path returns
  }
  return 'The salon wrote'
}

async function nextVisit({ room: { platform, clock }, clientId }: { room: CardRoom; clientId: string }): Promise<{ next: string | undefined; zone: Zone }> {
  const now = clock.now()
  const [catalog, found] = await Promise.all([platform.catalog().then(unwrap), platform.appointments({ clientId, from: now, to: addMinutes(now, aheadMin), limit: 20 }).then(unwrap)])
  const visit = found.items.filter(({ status }) => liveStatuses.includes(status)).sort((a, b) => (a.start < b.start ? -1 : 1))[0]
  const location = catalog.locations.find(({ id }) => id === visit?.locationId) ?? catalog.locations[0]
  const zone = location?.zone ?? 'UTC'
  if (visit === undefined) return { next: undefined, zone }
  const services = visit.segments.flatMap(({ serviceId }) => catalog.services.find(({ id }) => id === serviceId)?.name ?? [])
  const staff = [...new Set(visit.segments.flatMap(({ staffId }) => catalog.staff.find(({ id }) => id === staffId)?.name ?? []))]
  return { next: `${sayWhen(visit.start, zone, now)}: ${sayList(services)}${staff.length === 0 ? '' : ` with ${sayList(staff)}`}${visit.status === 'confirmed' ? ', confirmed' : ''}`, zone }
}
