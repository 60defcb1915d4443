import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BookingPlatform, Outcome, SlotQuery } from '../../src/platforms/booking-platform.ts'
import type { Appointment, Slot } from '../../src/salon/salon.ts'
import type { Instant } from '../../src/salon/time.ts'
import type { FaultyPlatform } from '../support/faulty-platform.ts'
import { describeChanges } from './contract-changes.ts'
import { describeReads } from './contract-reads.ts'
import { describeSlots } from './contract-slots.ts'
import { describeWaitlist } from './contract-waitlist.ts'
import { describeWrites } from './contract-writes.ts'

/**
 * A platform to try, with a salon in it that the suite knows. Whatever the platform, the salon must have:
 * - one location with ids as given, in a zone with daylight saving time, open on `day` (a date of the future as the clock stands);
 * - `service` done by `staff` and `otherStaff`; nobody is booked in `free` (a range of that day) for either of them;
 * - `secondService` done by `staff` too;
 * - `client` with `clientPhone` (E.164) and a first name that `namesake` shares; `otherClient`;
 * - `booked`: the id of a live appointment of `client` in the future, within `bookedRange`;
 * - `past`: an appointment of `pastClient` that ended with an event known at `pastKnownAt`.
 */
export type ContractHarness = {
  platform: BookingPlatform
  /** The same platform with fault knobs; the fault tests run only where there is one. */
  faulty?: FaultyPlatform
  clock: { now(): Instant; set(now: string): void }
  salon: ContractSalon
  close(): Promise<void>
}

type ContractSalon = {
  locationId: string
  zone: string
  service: string
  secondService: string
  staff: string
  otherStaff: string
  free: { from: Instant; to: Instant }
  client: string
  clientPhone: string
  namesake: string
  firstName: string
  otherClient: string
  booked: string
  bookedRange: { from: Instant; to: Instant }
  past: string
  pastClient: string
  pastKnownAt: Instant
  /** A day of 23 hours and one of 25, with who works then and the wall-clock time from which they do `service`. */
  shortDay: { date: string; staff: string; opens: string }
  longDay: { date: string; staff: string; opens: string }
}

/** What the parts of the suite work with: the harness of the running test. */
export type Contract = { harness: () => ContractHarness }

/** The suite that every booking platform runs. Without `copiesRead` what is answered from the copy and the desk's own list alone is left out: it is the same behind every vendor, and tried behind one.  An operation that the capabilities deny must answer `unsupported`; its other tests are skipped. */
export function describeBookingPlatform(name: string, makeHarness: () => Promise<ContractHarness>, { copiesRead = true }: { copiesRead?: boolean } = {}): void {
  describe(`the booking platform ${name}`, () => {
    let current: ContractHarness
    beforeEach(async () => { current = await makeHarness() })
    afterEach(() => current.close())
    const contract: Contract = { harness: () => current }

    test('names itself, answers the check, and refuses as unsupported exactly what its capabilities deny', async () => {
      const { platform } = current
      expect(platform.provider).toMatch(/^[a-z0-9-]+$/)
      expect(await platform.check()).toMatchObject({ ok: true, value: { account: expect.any(String) as string } })
      const { availability, create, waitlist, changes } = await platform.capabilities()
      const slots = await findSlots(current)
      expect(isUnsupported(slots)).toBe(availability === 'none')
      expect(isUnsupported(await platform.create({ key: 'caps-create', slotId: 'nonsense', clientId: current.salon.client }))).toBe(create === 'none')
      expect(isUnsupported(await platform.waitlist({}))).toBe(waitlist === 'none')
      expect(isUnsupported(await platform.changes({}))).toBe(changes === 'none' || changes === 'webhooks')
    })

    describeReads(contract, { copiesRead })
    describeSlots(contract)
    describeWrites(contract)
    describeChanges(contract)
    if (copiesRead) describeWaitlist(contract)
  })
}

/** The value of an outcome that must be good. */
export function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`expected an answer, got ${outcome.error.kind}: ${outcome.error.message}`)
  return outcome.value
}

export function kindOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'ok' : outcome.error.kind
}

function isUnsupported(outcome: Outcome<unknown>): boolean {
  return kindOf(outcome) === 'unsupported'
}

/** Free times of `service` with `staff` in the salon's free range, unless said otherwise. */
export function findSlots({ platform, salon }: ContractHarness, query: Partial<SlotQuery> = {}): Promise<Outcome<Slot[]>> {
  return platform.searchSlots({ locationId: salon.locationId, wants: [{ serviceId: salon.service, staffId: salon.staff }], ...salon.free, ...query })
}

export async function firstSlot(harness: ContractHarness, query: Partial<SlotQuery> = {}): Promise<Slot> {
  const [slot] = value(await findSlots(harness, query))
  if (slot === undefined) throw new Error('the salon of the harness has no free time')
  return slot
}

export async function readBooked({ platform, salon }: ContractHarness): Promise<Appointment> {
  return value(await platform.appointment({ id: salon.booked }))
}
