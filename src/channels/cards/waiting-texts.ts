import type { ThreadLine } from '../../messages/messages.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import type { Card, View } from './card.ts'
import type { CardRoom } from './card-room.ts'
import { fitParts } from './fit-parts.ts'
import { sayMoment } from './say-moment.ts'

/** What a person's home shows; the view of its own shows more. */
const most = { home: 5, view: 20 } as const

/** A card with the clients whose texts wait for a person; nothing when there are none. */
export async function waitingTexts({ room, limit = most.home }: { room: CardRoom; limit?: number }): Promise<Card[]> {
  const waiting = await room.messages.waiting(most.view + 1)
  if (waiting.length === 0) return []
  const zone = unwrap(await room.platform.catalog()).locations[0]?.zone ?? 'UTC'
  const now = room.clock.now()
  const shown = waiting.slice(0, limit)
  const left = waiting.length - shown.length
  return [{
    subject: 'texts',
    title: waiting.length === 1 ? 'A client\'s text waits for you' : `The texts of ${waiting.length > most.view ? `more than ${most.view}` : waiting.length} clients wait for you`,
    tone: 'waiting',
    parts: fitParts([
      { kind: 'list', items: shown.map((line) => sayLine(line, sayMoment(line.last.at, { zone, now }))) },
      ...(left > 0 ? [{ kind: 'small' as const, text: waiting.length > most.view ? 'And more.' : `${left} more.` }] : []),
    ]).parts,
    buttons: shown.map(({ client }) => ({ action: 'show', token: room.tokens.make({ action: 'show', ref: [`thread:${client.id}`] }), label: `Open ${client.name.slice(0, 50)}` })),
  }]
}

/** Who waits, as a view of its own: `/desk texts`. */
export async function textsView(room: CardRoom): Promise<View> {
  const cards = await waitingTexts({ room, limit: most.view })
  const [card] = cards
  return card === undefined
    ? { subject: 'texts', summary: 'No client\'s text waits for anybody.', cards: [{ subject: 'texts', title: 'Clients\' texts', tone: 'plain', parts: [{ kind: 'text', text: 'No client\'s text waits for anybody.' }], buttons: [] }] }
    : { subject: 'texts', summary: `${card.title}.`, cards }
}

function sayLine({ client, last }: ThreadLine, moment: string): string {
  return last.direction === 'in' ? `${client.name} ${last.channel === 'voice' ? 'said on the phone' : 'wrote'} at ${moment}: “${last.body}”` : `${client.name}: a text of ${moment} may not have arrived`
}
