import { sql } from 'kysely'
import { allowanceLeft } from '../approvals/act-alone.ts'
import type { Facts } from '../approvals/action.ts'
import type { Approvals } from '../approvals/open-approvals.ts'
import { isPaused, readRollout } from '../approvals/rollout.ts'
import type { Composed } from '../messages/messages.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { DeskError } from '../salon/errors.ts'
import { type Catalog, clientName } from '../salon/salon.ts'
import { addMinutes, type Instant, localDate, localTime } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import { recordLeftOut } from './claim-steps.ts'
import { type TextAbout, wantedTexts } from './compose-texts.ts'
import { type ConfirmationArgs, confirmationKind } from './confirmation-args.ts'
import { type ConfirmationRoom, factsOf, sayCall } from './confirmation-facts.ts'
import { readConfirmationSettings } from './confirmation-settings.ts'
import type { LeftOut } from './plan-texts.ts'
import { type BandsOf, type LocationPlan, type LocationSettings, planLocations, withVisits } from './read-locations.ts'
import { nameOf } from './read-steps.ts'
import { someAtOnce } from './some-at-once.ts'

export type PlanningRoom = ConfirmationRoom & { bandsOf: BandsOf; prepared: { using<T>(ready: { args: ConfirmationArgs; facts: Facts }, work: () => Promise<T>): Promise<T> } }

/** What one run did: locations looked at, texts that were prepared (or, in shadow mode, recorded), steps left out with a reason. */
export type Planned = { locations: number; texts: number; leftOut: number }

/** So many locations are read together, and so many cards stored at the same time. */
const atOnce = 25
const cardsAtOnce = 3

/**
 * Looks at the book and prepares the confirmation texts that are due, a card a location and day; to be called every few
 * minutes, on any number of instances: each location is looked at every `everyMin` minutes, during its hours, by one of them.
 * What fails at one location goes to `onError` and stops no other. Nothing while the desk is paused or no texts can leave.
 */
export async function planConfirmations({ room, approvals, everyMin = 10, onError }: { room: PlanningRoom; approvals: Pick<Approvals, 'propose'>; everyMin?: number; onError: (error: unknown) => void }): Promise<Planned> {
  const { store, clock, platform, messages } = room
  const done: Planned = { locations: 0, texts: 0, leftOut: 0 }
  const now = clock.now()
  if ((await isPaused(store.db)) || !(await messages.isConnected())) return done
  const catalog = unwrap(await platform.catalog())
  const due = await takeLocations({ store, locations: await openLocations({ store, catalog, now }), now, everyMin })
  for (let from = 0; from < due.length; from += atOnce) {
    try {
      const plans = await planLocations({ ...room, locations: due.slice(from, from + atOnce), now })
      await someAtOnce({ items: await writeTexts({ room, catalog, plans, now }), most: cardsAtOnce, work: (written) => carry({ room, approvals, written, now, done }).catch(onError) })
    } catch (error) {
      onError(error)
    }
  }
  return done
}

/** The locations that confirm by text and whose hours it is. */
async function openLocations({ store, catalog: { locations }, now }: { store: Store; catalog: Catalog; now: Instant }): Promise<LocationSettings[]> {
  const settings = await readConfirmationSettings({ db: store.db, locationIds: locations.map(({ id }) => id) })
  return locations.flatMap((location) => {
    const own = settings.get(location.id)
    const time = localTime(now, location.zone)
    return own?.on === true && time >= own.from && time < own.until ? [{ location, settings: own }] : []
  })
}

/** Those nobody has looked at lately; they are this instance's then. */
async function takeLocations({ store: { db }, locations, now, everyMin }: { store: Store; locations: LocationSettings[]; now: Instant; everyMin: number }): Promise<LocationSettings[]> {
  if (locations.length === 0) return []
  const taken = await sql<{ name: string }>`
    insert into cursors as mine (name, value, at)
    select 'confirmations:' || id, '', ${now}::timestamptz from unnest(${locations.map(({ location }) => location.id)}::text[]) as given (id)
    on conflict (name) do update set at = excluded.at where mine.at <= ${addMinutes(now, -everyMin)}::timestamptz or mine.at > excluded.at
    returning name`.execute(db)
  const mine = new Set(taken.rows.map(({ name }) => name))
  return locations.filter(({ location }) => mine.has(`confirmations:${location.id}`))
}

type Written = LocationPlan & { texts: { about: TextAbout; text: Composed }[] }

/** The words of every location's texts, in one go; where nothing is new, none are written. */
async function writeTexts({ room, catalog, plans, now }: { room: PlanningRoom; catalog: Catalog; plans: LocationPlan[]; now: Instant }): Promise<Written[]> {
  const abouts = plans.map((plan) => (plan.plan.isNew ? withVisits(plan) : []))
  const wanted = plans.flatMap((plan, i) => wantedTexts({ texts: abouts[i] ?? [], catalog, location: plan.location, clients: plan.standing.clients, settings: plan.settings, now }))
  const composed = wanted.length === 0 ? [] : await room.messages.composeAll(wanted)
  let next = 0
  return plans.map((plan, i) => Object.assign(plan, { texts: (abouts[i] ?? []).map((about) => ({ about, text: composed[next++] as Composed })) }))
}

type Carrying = { room: PlanningRoom; approvals: Pick<Approvals, 'propose'>; written: Written; now: Instant; done: Planned }

/** Proposes what a location's clients would get, in as many cards as its mode asks for, and records what is left out. */
async function carry({ room, approvals, written, now, done }: Carrying): Promise<void> {
  const { location, plan, texts } = written
  const { store } = room
  done.locations++
  for (const some of await inCards({ store, locationId: location.id, texts: texts.filter(({ text }) => text.kind === 'text'), now })) {
    const state = await proposeTexts({ room, approvals, written, texts: some, now })
    if (state !== 'taken') done.texts += some.length
    // Not decided alone after all, or another instance was here: what is left waits for the next look, which puts all of it on one card.
    if (state === 'taken' || state === 'pending') break
  }
  const untexted = texts.filter(({ text }) => text.kind === 'none').flatMap(({ about: { visits, appointments } }) => appointments.flatMap((visit): LeftOut[] => {
    const step = visits.find((one) => nameOf(one) === nameOf(visit))?.step
    return step === undefined || step === 'again' ? [] : [{ visit, step, why: 'no_text' }]
  }))
  const leftOut = [...plan.leftOut, ...untexted]
  if (leftOut.length > 0) done.leftOut += await store.transaction((trx) => recordLeftOut(trx, { leftOut, locationId: location.id, now }))
}

/** In autonomous mode first what the day's cap still allows, then the rest, for a person; otherwise everything together. */
async function inCards<T>({ store, locationId, texts, now }: { store: Store; locationId: string; texts: T[]; now: Instant }): Promise<T[][]> {
  if (texts.length === 0) return []
  const { mode } = await readRollout(store.db, { kind: confirmationKind, locationId })
  const left = mode === 'autonomous' ? await allowanceLeft(store.db, { kind: confirmationKind, locationId, now }) : 0
  return [texts.slice(0, left), texts.slice(left)].filter((some) => some.length > 0)
}

/** The state of the card; `taken`: another instance has prepared some of these meanwhile. */
async function proposeTexts({ room, approvals, written, texts, now }: Omit<Carrying, 'done'> & { texts: Written['texts'] }): Promise<string> {
  const { location, settings, plan, standing } = written
  const call = plan.leftOut.flatMap(({ visit: { id, start, clientId }, why }) => (why === 'no_number' || why === 'shared_number' ? [{ id, start, clientId, why }] : []))
  const args: ConfirmationArgs = {
    locationId: location.id, day: localDate(now, location.zone),
    texts: texts.map(({ about: { clientId, visits } }) => ({ clientId, visits })),
    call: call.map(({ id, start, why }) => ({ id, start, why })),
  }
  const notTexted = [
    ...call.map(({ clientId, why }) => sayCall({ name: clientName(standing.clients.get(clientId) ?? { firstName: 'Somebody', lastName: '' }), why })),
    ...written.texts.flatMap(({ text }) => (text.kind === 'none' ? [text.why] : [])),
  ]
  const facts = factsOf({ args, location, settings, texts: texts.flatMap(({ text }) => (text.kind === 'text' ? [text] : [])), notTexted, now })
  try {
    return (await room.prepared.using({ args, facts }, () => approvals.propose({ kind: confirmationKind, args, reason: '', requestedBy: 'desk' }))).state
  } catch (error) {
    if (error instanceof DeskError && ['conflict', 'expired', 'stale'].includes(error.code)) return 'taken'
    throw error
  }
}
