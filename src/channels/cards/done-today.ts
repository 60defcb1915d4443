import type { Location } from '../../salon/salon.ts'
import { localDate, sayTime, startOfDay } from '../../salon/time.ts'
import { namesOf } from '../../store/people.ts'
import type { Card } from './card.ts'
import type { CardRoom } from './card-room.ts'
import { fitParts } from './fit-parts.ts'

const mostLines = 8

/** What came of today's proposals and calls, and what was sent, in plain words, from the store. */
export async function doneToday({ room, locations }: { room: CardRoom; locations: Location[] }): Promise<Card> {
  const { store: { db }, clock, approvals } = room
  const now = clock.now()
  const zones = new Map(locations.map(({ id, zone }) => [id, zone]))
  const from = locations.map(({ zone }) => startOfDay(localDate(now, zone), zone)).sort()[0] ?? now
  const [recent, calls, texts] = await Promise.all([
    approvals.list({ recent: 60 }),
    db.selectFrom('call_outcomes').select((eb) => eb.fn.count<number>('appointment_id').distinct().as('count')).where('at', '>=', from).executeTakeFirstOrThrow(),
    db.selectFrom('texts').select((eb) => eb.fn.countAll<number>().as('count')).where('direction', '=', 'out').where('state', '=', 'sent').where('at', '>=', from).executeTakeFirstOrThrow(),
  ])
  const settled = recent.filter(({ state, decidedAt }) => decidedAt !== null && decidedAt >= from && ['done', 'failed', 'rejected'].includes(state))
  const names = await namesOf(db, settled.flatMap(({ decidedBy }) => decidedBy ?? []))
  const lines = settled.slice(0, mostLines).map(({ facts, state, decidedAt, decidedBy, locationId, undoneBy }) => {
    const by = names.get(decidedBy ?? '') ?? 'somebody'
    const what = state === 'rejected' ? `turned down by ${by}` : state === 'failed' ? `approved by ${by}, not done` : `done, approved by ${by}${undoneBy === null ? '' : ', put back since'}`
    return `${sayTime(decidedAt ?? now, zones.get(locationId) ?? 'UTC')}  ${facts.title}: ${what}`
  })
  const counted = [
    ...(settled.length > lines.length ? [`${settled.length - lines.length} more decisions`] : []),
    ...(calls.count > 0 ? [`${calls.count} ${calls.count === 1 ? 'call' : 'calls'} noted`] : []),
    ...(texts.count > 0 ? [`${texts.count} ${texts.count === 1 ? 'text' : 'texts'} sent`] : []),
  ]
  return {
    subject: 'done',
    title: 'What the desk did today',
    tone: 'plain',
    parts: fitParts([
      ...(lines.length === 0 && counted.length === 0 ? [{ kind: 'text' as const, text: 'Nothing yet.' }] : []),
      ...(lines.length === 0 ? [] : [{ kind: 'list' as const, items: lines }]),
      ...(counted.length === 0 ? [] : [{ kind: 'small' as const, text: `${counted.join(' · ')}.` }]),
    ]).parts,
    buttons: [],
  }
}
