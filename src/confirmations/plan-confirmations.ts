import { sql } from 'kysely'
import { allowanceLeft } from '../approvals/act-alone.ts'
import type { Approvals } from '../approvals/open-approvals.ts'
import type { Proposal } from '../approvals/proposal.ts'
import { isPaused, readRollout } from '../approvals/rollout.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { DeskError } from '../salon/errors.ts'
import type { Appointment, RiskBand } from '../salon/salon.ts'
import { addMinutes, type Instant, localDate, localTime } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import { recordLeftOut } from './claim-steps.ts'
import { type ConfirmationArgs, confirmationKind, type ConfirmationRoom, visitsOf } from './confirmation-action.ts'
import { readConfirmationSettings } from './confirmation-settings.ts'
import { type LeftOut, nameOf, type PlannedText } from './plan-texts.ts'
import { type LocationPlan, type LocationSettings, planLocations } from './read-locations.ts'

export type PlanningRoom = ConfirmationRoom & { bandsOf: (visits: Appointment[]) => Promise<ReadonlyMap<string, RiskBand>> }

/** What one run did: locations looked at, texts that were prepared (or, in shadow mode, recorded), steps left out with a reason. */
export type Planned = { locations: number; texts: number; leftOut: number }

/** So many locations are read together. */
const together = 25

/**
 * Looks at the book and prepares the confirmation texts that are due, a card a location and day; to be called every few
 * minutes, on any number of instances: each location is looked at every `everyMin` minutes, during its hours, by one of them.
 * What fails at one location goes to `onError` and stops no other. Nothing while the desk is paused or no texts can leave.
 */
export async function planConfirmations({ room, approvals, everyMin = 10, onError }: { room: PlanningRoom; approvals: Pick<Approvals, 'propose'>; everyMin?: number; onError: (error: unknown) => void }): Promise<Planned> {
  const { store, clock, messages } = room
  const done: Planned = { locations: 0, texts: 0, leftOut: 0 }
  const now = clock.now()
  if ((await isPaused(store.db)) || !(await messages.isConnected())) return done
  const due = await takeLocations({ store, locations: await openLocations(room), now, everyMin })
  for (let from = 0; from < due.length; from += together) {
    try {
      const plans = await planLocations({ ...room, locations: due.slice(from, from + together), now })
      for (const plan of plans) await carry({ room, approvals, plan, now, done }).catch(onError)
    } catch (error) {
      onError(error)
    }
  }
  return done
}

/** The locations that confirm by text and whose hours it is. */
async function openLocations({ store, clock, platform }: ConfirmationRoom): Promise<LocationSettings[]> {
  const { locations } = unwrap(await platform.catalog())
  const settings = await readConfirmationSettings({ db: store.db, locationIds: locations.map(({ id }) => id) })
  return locations.flatMap((location) => {
    const own = settings.get(location.id)
    const time = localTime(clock.now(), location.zone)
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

type Carrying = { room: PlanningRoom; approvals: Pick<Approvals, 'propose'>; plan: LocationPlan; now: Instant; done: Planned }

/** Proposes what a location's clients would get, in as many cards as its mode asks for, and records what is left out. */
async function carry({ room: { store }, approvals, plan: { location, plan, visits }, now, done }: Carrying): Promise<void> {
  done.locations++
  const untexted: LeftOut[] = []
  if (plan.isNew) {
    const call = plan.leftOut.flatMap(({ visit: { id, start }, why }) => (why === 'no_number' || why === 'shared_number' ? [{ id, start, why }] : []))
    for (const texts of await inCards({ store, locationId: location.id, texts: plan.texts, now })) {
      const proposal = await proposeTexts({ approvals, args: { locationId: location.id, day: localDate(now, location.zone), texts, call } })
      if (proposal === 'taken') break
      if (proposal !== 'none') done.texts += proposal.facts.texts?.length ?? 0
      untexted.push(...withoutText({ texts, proposal, visits }))
      // Not decided alone after all: what is over waits for the next look, which puts all of it on one card.
      if (proposal !== 'none' && proposal.state === 'pending') break
    }
  }
  const leftOut = [...plan.leftOut, ...untexted]
  if (leftOut.length > 0) done.leftOut += await store.transaction((trx) => recordLeftOut(trx, { leftOut, locationId: location.id, now }))
}

/** In autonomous mode first what the day's cap still allows, then the rest, for a person; otherwise everything together. */
async function inCards({ store, locationId, texts, now }: { store: Store; locationId: string; texts: PlannedText[]; now: Instant }): Promise<PlannedText[][]> {
  const { mode } = await readRollout(store.db, { kind: confirmationKind, locationId })
  const left = mode === 'autonomous' ? await allowanceLeft(store.db, { kind: confirmationKind, locationId, now }) : 0
  return [texts.slice(0, left), texts.slice(left)].filter((some) => some.length > 0)
}

/** `none`: nobody of them may be texted; `taken`: another instance has prepared some of them meanwhile. */
async function proposeTexts({ approvals, args }: { approvals: Pick<Approvals, 'propose'>; args: ConfirmationArgs }): Promise<Proposal | 'none' | 'taken'> {
  try {
    return await approvals.propose({ kind: confirmationKind, args, reason: '', requestedBy: 'desk' })
  } catch (error) {
    if (error instanceof DeskError && error.code === 'stale') return 'none'
    if (error instanceof DeskError && (error.code === 'conflict' || error.code === 'expired')) return 'taken'
    throw error
  }
}

/** The planned steps whose clients turned out to get no text. */
function withoutText({ texts, proposal, visits }: { texts: PlannedText[]; proposal: Proposal | 'none'; visits: Appointment[] }): LeftOut[] {
  const told = new Set(proposal === 'none' ? [] : (proposal.facts.texts ?? []).flatMap(visitsOf).map(nameOf))
  const book = new Map(visits.map((visit) => [nameOf(visit), visit]))
  return texts.flatMap((text) => text.visits).flatMap(({ step, ...visit }) => {
    const found = book.get(nameOf(visit))
    return step === 'again' || found === undefined || told.has(nameOf(visit)) ? [] : [{ visit: found, step, why: 'no_text' as const }]
  })
}
