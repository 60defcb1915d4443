import { sql } from 'kysely'
import { expect } from 'vitest'
import type { Action } from '../../src/approvals/action.ts'
import { openApprovals, type Approvals } from '../../src/approvals/open-approvals.ts'
import type { Proposal } from '../../src/approvals/proposal.ts'
import type { Person } from '../../src/approvals/roles.ts'
import { setPause } from '../../src/approvals/rollout.ts'
import { bookingActions } from '../../src/bookings/booking-actions.ts'
import { cancelAction } from '../../src/bookings/cancel.ts'
import type { BookingPlatform } from '../../src/platforms/booking-platform.ts'
import { openEmbeddedBook } from '../../src/platforms/embedded/index.ts'
import { unwrap } from '../../src/platforms/unwrap.ts'
import type { Appointment } from '../../src/salon/salon.ts'
import { addMinutes, at } from '../../src/salon/time.ts'
import { verifyAudit } from '../../src/store/audit.ts'
import type { Store } from '../../src/store/open-store.ts'
import { waitlistFillAction, waitlistUnfillAction } from '../../src/waitlist/fill.ts'
import { type FaultyPlatform, faultyPlatform } from './faulty-platform.ts'
import { openTestStore } from './test-store.ts'
import { createTinyDesk, type TestClock, tinyZone } from './tiny-book.ts'

export const maya: Person = { id: 'test:maya', name: 'Maya', role: 'front_desk' }
export const olga: Person = { id: 'test:olga', name: 'Olga', role: 'owner' }

/** One running copy of the desk: its own connections, its own memory. */
export type Instance = { approvals: Approvals; actions: Action[]; store: Store; platform: FaultyPlatform }

type Wrap = (parts: { store: Store; platform: BookingPlatform }) => { store: Store; platform: BookingPlatform }

export type ApprovalsDesk = Instance & {
  clock: TestClock
  /** Another copy on the same database, as after a restart or on a second machine; `wrap` may put knobs around what it works with. */
  another(wrap?: Wrap): Instance
  close(): Promise<void>
}

/** The tiny salon with the approval ledger on it and every action, on a real database. */
export async function openApprovalsDesk(): Promise<ApprovalsDesk> {
  const { store, clock, platform } = await createTinyDesk()
  const others: Store[] = []
  return {
    ...wire({ store, clock, platform }),
    clock,
    another(wrap = (same) => same) {
      const second = openTestStore(store.url)
      others.push(second)
      return wire({ clock, ...wrap({ store: second, platform: openEmbeddedBook({ store: second, clock }) }) })
    },
    async close() {
      await Promise.all(others.map((other) => other.close()))
      await store.close()
    },
  }
}

function wire({ store, clock, platform: given }: { store: Store; clock: TestClock; platform: BookingPlatform }): Instance {
  const platform = faultyPlatform(given)
  const room = { platform, clock, cite: async () => [] }
  const actions = [...bookingActions(room), waitlistFillAction(room), waitlistUnfillAction(room, cancelAction(room))] as Action[]
  return { approvals: openApprovals({ store, clock, actions }), actions, store, platform }
}

/** The free slot for the same work as an appointment (or for `wants`) at a wall-clock time of the tiny salon. */
export async function slotAt({ platform, date, time, rescheduling, wants }: { platform: BookingPlatform; date: string; time: string; rescheduling?: string; wants?: { serviceId: string; staffId?: string }[] }): Promise<string> {
  const work = wants ?? (await readAppointment(platform, rescheduling ?? '')).segments.map(({ serviceId, staffId }) => ({ serviceId, staffId }))
  const from = at(date, time, tinyZone)
  const [slot] = unwrap(await platform.searchSlots({ locationId: 'main', wants: work, from, to: addMinutes(from, 1), ...(rescheduling === undefined ? {} : { rescheduling }), limit: 1 }))
  if (slot === undefined) throw new Error(`no free time at ${date} ${time}`)
  return slot.id
}

export async function readAppointment(platform: BookingPlatform, id: string): Promise<Appointment> {
  return unwrap(await platform.appointment({ id }))
}

/** Proposes to move an appointment of the tiny salon to a wall-clock time. */
export async function proposeMove({ approvals, platform }: Instance, { id, date, time, reason = 'the client called' }: { id: string; date: string; time: string; reason?: string }): Promise<Proposal> {
  return approvals.propose({ kind: 'reschedule', args: { appointmentId: id, slotId: await slotAt({ platform, date, time, rescheduling: id }) }, reason, requestedBy: maya.id })
}

/** The audit actions about one proposal, in order. */
export async function auditOf({ store }: Pick<Instance, 'store'>, proposalId: string): Promise<string[]> {
  const rows = await store.db.selectFrom('audit').select('action').where('subject', '=', `proposal:${proposalId}`).orderBy('seq').execute()
  return rows.map(({ action }) => action)
}

/** How many changes the book has recorded. */
export async function countChanges({ store }: Pick<Instance, 'store'>): Promise<number> {
  return (await store.db.selectFrom('book_head').select('seq').executeTakeFirstOrThrow()).seq
}

export async function expectSoundAudit({ store }: Pick<Instance, 'store'>): Promise<void> {
  expect(await verifyAudit(store.db)).toMatchObject({ ok: true })
}

/** The switch that stops every outside effect. */
export async function setPaused({ store, clock }: ApprovalsDesk, paused: boolean): Promise<void> {
  await setPause({ store, paused, by: olga, now: clock.now() })
}

/** As if a minute had passed for the database: workers that hold a claim have lost it. */
export async function expireLeases({ store }: Pick<Instance, 'store'>): Promise<void> {
  await sql`update outbox set leased_until = clock_timestamp() - interval '1 second' where state = 'CLAIMED'`.execute(store.db)
}
