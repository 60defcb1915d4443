import { mayActAs, type Person } from '../../approvals/roles.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import type { Location } from '../../salon/salon.ts'
import { addDays, localDate, type LocalDate, sayDate, sayTime } from '../../salon/time.ts'
import { sayWaitlistSettings } from '../../waitlist/settings-in-words.ts'
import { stateNames } from '../../waitlist/telling/opening-words.ts'
import type { LineNow, OpeningNow } from '../../waitlist/telling/open-telling.ts'
import { readWaitlistSettings } from '../../waitlist/waitlist-settings.ts'
import type { Button, Card, Part, View } from './card.ts'
import { type CardRoom, locationOf } from './card-room.ts'
import { fitParts, fitTitle } from './fit-parts.ts'
import { listOf, openingCard, waitlistOf } from './opening-view.ts'

const most = { openings: 8, names: 8, services: 12, lately: 6, home: 4 } as const

/**
 * The waitlist at work: chairs that are free and how each stands, who waits, and what was lately; for managers how
 * chairs are filled, with the form that changes it. `locationId`: of one location only.
 */
export async function waitlistView({ room, person, locationId }: { room: CardRoom; person?: Person | undefined; locationId?: string }): Promise<View> {
  const waitlist = waitlistOf(room)
  const { locations: all } = unwrap(await room.platform.catalog())
  const locations = locationId === undefined ? all : [await locationOf(room, locationId)]
  const here = locationId === undefined ? {} : { locationId }
  const [openings, line, lately, settings] = await Promise.all([waitlist.openings(here), waitlist.line(here), waitlist.openings({ ...here, ended: true }), person !== undefined && mayActAs(person, 'manager') ? Promise.all(locations.map((location) => settingsOf({ room, location }))) : []])
  const waiting = line.reduce((sum, { entries }) => sum + entries.length, 0)
  const several = locations.length > 1
  return {
    subject: locationId === undefined ? 'waitlist' : `waitlist:${locationId}`, summary: `${sayFree(openings)} ${waiting === 0 ? 'Nobody waits.' : `${waiting} ${waiting === 1 ? 'entry' : 'entries'} on the waitlist.`}`,
    cards: [
      ...openings.slice(0, most.openings).map((opening) => openingCard({ room, opening, place: several })),
      ...(openings.length > most.openings ? [plainCard('more', `${openings.length - most.openings} more free chairs`, [])] : []),
      ...(openings.length === 0 ? [plainCard('free', 'No chair is free', [{ kind: 'text', text: 'When a visit is cancelled, missed or moved, its chair is here, with who could have it.' }])] : []),
      lineCard({ room, line, several, locations }),
      ...(lately.length === 0 ? [] : [latelyCard({ room, lately: lately.slice(0, most.lately) })]),
      ...settings,
    ],
  }
}

/** What is free, for somebody's home; nothing when nothing is. */
export async function freeChairs(room: CardRoom): Promise<Card[]> {
  const openings = await room.waitlist?.openings() ?? []
  if (openings.length === 0) return []
  const shown = openings.slice(0, most.home)
  return [{
    subject: 'waitlist', title: sayFree(openings).replace(/\.$/, ''), tone: 'waiting',
    parts: fitParts(listOf('', shown.map(({ chair, stands }) => `${chair}: ${stands}`), most.home)).parts,
    buttons: [showButton(room, 'waitlist', 'Open the waitlist')],
  }]
}

/** Who would be asked if the risky visits of a day fell out, and whether enough people wait. */
export async function lineUpView({ room, locationId, date }: { room: CardRoom; locationId: string; date: LocalDate }): Promise<View> {
  const location = await locationOf(room, locationId)
  const { visits, sentence } = await waitlistOf(room).lineUp({ locationId, date })
  const subject = `lineup:${locationId}:${date}`
  const head: Card = { subject, title: fitTitle(`Lined up at ${location.name}, ${sayDate(date)}`).title, tone: 'plain', parts: fitParts([{ kind: 'text', text: sentence }, ...(visits.length === 0 ? [{ kind: 'small' as const, text: 'No visit ahead is likely enough to fail that somebody would be lined up for it.' }] : [])]).parts, buttons: [] }
  return {
    subject, summary: `${head.title}. ${sentence}`,
    cards: [head, ...visits.slice(0, 12).map(({ appointmentId, client, start, risk, reasons, candidates, suits }): Card => ({
      subject: `lined_up:${appointmentId}`, title: fitTitle(`${sayTime(start, location.zone)}, ${client.name}: ${Math.round(risk * 100)} % may fail`).title, tone: 'plain',
      parts: fitParts([
        ...(reasons.length === 0 ? [] : [{ kind: 'small' as const, text: reasons.slice(0, 3).join('; ') }]),
        ...(candidates.length === 0 ? [{ kind: 'text' as const, text: 'Nobody who waits could take it.' }] : listOf(suits > candidates.length ? `Who would be asked first, of ${suits}` : 'Who would be asked', candidates.map((one) => `${one.client.firstName} ${one.client.lastName}`.trim() + `: ${one.why.join('; ')}`), 5)),
      ]).parts,
      buttons: [showButton(room, `preview:${appointmentId}`, 'Who would be asked')],
    }))],
  }
}

function sayFree(openings: OpeningNow[]): string {
  if (openings.length === 0) return 'No chair is free that the waitlist could fill.'
  return openings.length === 1 ? '1 chair is free.' : `${openings.length} chairs are free.`
}

function lineCard({ room, line, several, locations }: { room: CardRoom; line: LineNow[]; several: boolean; locations: Location[] }): Card {
  const now = room.clock.now()
  const days = locations.slice(0, 4).flatMap(({ id, name, zone }) => [0, 1].map((ahead) => ({ id, name, ahead, date: addDays(localDate(now, zone), ahead) })))
  return {
    subject: 'waiting_line', title: 'Who waits', tone: 'plain',
    parts: fitParts(line.length === 0 ? [{ kind: 'text', text: 'Nobody waits. Clients join by text, or you put them on the list.' }] : listOf('', line.map((one) => sayLine(one, several)), most.services)).parts,
    buttons: days.map(({ id, name, ahead, date }) => showButton(room, `lineup:${id}:${date}`, `Lined up ${ahead === 0 ? 'today' : 'tomorrow'}${several ? `, ${name.slice(0, 40)}` : ''}`)),
  }
}

/** "Women's cut, 3: Jo Danvers (10 days, with Ana), Fay O'Neil (today)". */
function sayLine({ service, location, entries }: LineNow, several: boolean): string {
  const names = entries.slice(0, most.names).map(({ client, days, staff, sooner }) => `${client.name} (${[days === 0 ? 'since today' : days === 1 ? '1 day' : `${days} days`, ...(staff === undefined ? [] : [`with ${staff}`]), ...(sooner === true ? ['for something sooner'] : [])].join(', ')})`)
  const more = entries.length - names.length
  return `${service.name}${several ? `, ${location.name}` : ''}, ${entries.length}: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function latelyCard({ room, lately }: { room: CardRoom; lately: OpeningNow[] }): Card {
  return {
    subject: 'lately', title: 'Lately', tone: 'plain',
    parts: fitParts(listOf('', lately.map(({ chair, state, stands }) => `${chair}: ${stateNames[state].toLowerCase()}. ${stands}`), most.lately)).parts,
    buttons: lately.map(({ id, chair }) => showButton(room, `story:${id}`, `Story: ${chair}`.slice(0, 74))),
  }
}

async function settingsOf({ room, location: { id, name } }: { room: CardRoom; location: Location }): Promise<Card> {
  const settings = await readWaitlistSettings(room.store.db, { locationId: id })
  return {
    subject: `waitlist_settings:${id}`, title: fitTitle(`How chairs are filled at ${name}`).title, tone: settings.on ? 'plain' : 'stopped',
    parts: fitParts([{ kind: 'facts', rows: sayWaitlistSettings(settings).map(({ label, value }) => ({ label, value })) }]).parts,
    buttons: [{ action: 'waitlist_settings', token: room.tokens.make({ action: 'waitlist_settings', ref: [id] }), label: 'Change…', opensForm: true }],
  }
}

function plainCard(subject: string, title: string, parts: Part[]): Card {
  return { subject, title, tone: 'plain', parts: fitParts(parts).parts, buttons: [] }
}

function showButton({ tokens }: Pick<CardRoom, 'tokens'>, subject: string, label: string): Button {
  return { action: 'show', token: tokens.make({ action: 'show', ref: [subject] }), label }
}
