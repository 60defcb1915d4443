import type { Person } from '../../approvals/roles.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Location } from '../../salon/salon.ts'
import { localDate, sayDate } from '../../salon/time.ts'
import { bookOf, listOf, sayGlance } from './brief-view.ts'
import type { Card, View } from './card.ts'
import type { CardRoom } from './card-room.ts'
import { doneToday } from './done-today.ts'
import { fitParts, fitTitle } from './fit-parts.ts'
import { waitingCalls } from './phone-view.ts'
import { alertCards, freshnessCards, recentAlerts } from './platform-cards.ts'
import { drawProposal } from './proposal-view.ts'
import { settingsCard } from './settings-card.ts'
import { waitingTexts } from './waiting-texts.ts'
import { freeChairs } from './waitlist-view.ts'

/** Open proposals that the home shows whole; more only count (nobody decides well on a wall of cards, APR-11). */
const mostOpen = 5

/** What this person should see first: today, what waits for a decision, what the desk did, and how it works. */
export async function homeView({ room, person }: { room: CardRoom; person: Person }): Promise<View> {
  const catalog = await room.platform.catalog()
  const locations = catalog.ok ? catalog.value.locations : []
  const [age, alerts, today, open, called, texts, chairs, done, settings] = await Promise.all([
    freshnessCards({ room, locations }),
    alertsAtHome({ room, locations }),
    Promise.all(locations.map((location) => todayCard({ room, location }))),
    openCards({ room }),
    // Their names come from the booking system: while that is away, what waits for a decision is still there.
    waitingCalls(room).catch(nothingWhileAway),
    waitingTexts({ room }).catch(nothingWhileAway),
    freeChairs(room).catch(nothingWhileAway),
    doneToday({ room, locations }),
    settingsCard({ room, person, locations }),
  ])
  return {
    subject: 'home',
    summary: `Hello ${person.name}. ${open.waiting === 0 ? 'Nothing waits for a decision.' : `${open.waiting} ${open.waiting === 1 ? 'change waits' : 'changes wait'} for a decision.`}${open.byHand === 0 ? '' : ` ${open.byHand} ${open.byHand === 1 ? 'is' : 'are'} to be done by hand in the booking system.`}`,
    cards: [...age, ...alerts, ...(catalog.ok ? today : [awayCard]), ...called, ...texts, ...open.cards, ...chairs, done, settings],
  }
}

/** A refused key is the card of the age already. */
async function alertsAtHome({ room, locations }: { room: CardRoom; locations: Location[] }): Promise<Card[]> {
  const alerts = (await recentAlerts({ db: room.store.db, now: room.clock.now() })).filter(({ action }) => action !== 'platform.refused')
  return (await alertCards({ room, locations, alerts })).map(({ card }) => card)
}

function nothingWhileAway(error: unknown): Card[] {
  if (error instanceof DeskError) return []
  throw error
}

/** What waits, and the switch that stops everything, are there also while the booking system is not. */
const awayCard: Card = { subject: 'day', title: 'Today', tone: 'stopped', parts: [{ kind: 'notice', text: 'The booking system does not answer right now, so today cannot be shown.' }], buttons: [] }

async function todayCard({ room, location }: { room: CardRoom; location: Location }): Promise<Card> {
  const date = localDate(room.clock.now(), location.zone)
  const day = { locationId: location.id, date }
  const shown = { subject: `day:${location.id}:${date}`, title: fitTitle(`${location.name} today, ${sayDate(date)}`).title, tone: 'plain' as const }
  try {
    const [list, book] = await Promise.all([listOf({ room, day }), bookOf({ room, day })])
    const left = list.items.filter(({ outcome }) => outcome === undefined)
    return {
      ...shown,
      parts: fitParts([
        { kind: 'text', text: sayGlance({ list, book }) },
        { kind: 'text', text: list.items.length === 0 ? 'Nobody to call.' : left.length === 0 ? `All ${list.items.length} calls are done.` : `Calls left: ${left.length} of ${list.items.length}. Next: ${left.slice(0, 3).map(({ client, timeText }) => `${client.name}, ${timeText}`).join('; ')}.` },
      ]).parts,
      buttons: list.items.length === 0 ? [] : [{ action: 'show', token: room.tokens.make({ action: 'show', ref: [`brief:${location.id}:${date}`] }), label: 'Open the list', style: 'primary' }],
    }
  } catch (error) {
    // One shop's trouble must not hide the others, nor what waits for a decision.
    if (!(error instanceof DeskError)) throw error
    return { ...shown, tone: 'stopped', parts: [{ kind: 'notice', text: error.userMessage }], buttons: [] }
  }
}

async function openCards({ room }: { room: CardRoom }): Promise<{ cards: Card[]; waiting: number; byHand: number }> {
  const open = await room.approvals.list()
  const cards = await Promise.all(open.slice(0, mostOpen).map((proposal) => drawProposal({ room, proposal })))
  const more = open.length - cards.length
  const waiting = open.filter(({ state }) => state === 'pending').length
  const byHand = open.filter((proposal) => proposal.state === 'by_hand' && proposal.byHand?.doneBy === null).length
  if (more === 0) return { cards, waiting, byHand }
  return { cards: [...cards, { subject: 'open', title: `${more} more`, tone: 'waiting', parts: [], buttons: [{ action: 'show', token: room.tokens.make({ action: 'show', ref: ['open'] }), label: 'Show all that is open' }] }], waiting, byHand }
}

/** Everything that is open, oldest first. */
export async function openView(room: CardRoom): Promise<View> {
  const open = await room.approvals.list()
  const cards = await Promise.all(open.slice(0, 30).map((proposal) => drawProposal({ room, proposal })))
  return { subject: 'open', summary: open.length === 0 ? 'Nothing waits for a decision.' : `${open.length} open.`, cards }
}
