import { afterAll } from 'vitest'
import type { PlatformKind } from '../../src/platforms/platform-adapter.ts'
import { at } from '../../src/salon/time.ts'
import { mirroredDesks } from '../support/platforms/mirrored.ts'
import { type TestClock, tinyZone } from '../support/tiny-book.ts'
import type { AdapterFake } from './adapter-contract.ts'
import { describeBookingPlatform } from './booking-platform-contract.ts'
import { faultyPlatform } from '../support/faulty-platform.ts'

/** The whole suite of the port, on a vendor's adapter and a fake of its server behind the mirror: what features see. */
export function describeMirrored<Credentials>(name: string, setup: { kind: PlatformKind<Credentials>; credentials: unknown; makeFake: (clock: TestClock) => AdapterFake; movesToOtherStaff?: boolean; /** With what the copy alone answers. */ copiesRead?: boolean }): void {
  const { copiesRead = false } = setup
  // Where a move keeps the staff member, everything is tried with the one who has the visit.
  const [staff, otherStaff, secondService] = setup.movesToOtherStaff === false ? ['bea', 'ana', 'blowdry'] as const : ['ana', 'bea', 'beard'] as const
  const desks = mirroredDesks(setup)
  afterAll(() => desks.end())
  describeBookingPlatform(`${name}, mirrored`, async () => {
    const { store, platform, clock, fake, adapter } = await desks.make()
    const id = fake.book.idOf
    // How a past visit ended, and when that became known, is what the platform tells of it; some know nothing of no-shows.
    const lives = await platform.history({ clientIds: [id('elena'), id('dana-w')] })
    const endOf = (visit: string) => (lives.ok ? lives.value.find(({ appointment }) => appointment.id === id(visit))?.events.findLast(({ kind }) => kind !== 'booked')?.knownAt : undefined)
    const [past, pastClient] = endOf('old-missed') === undefined ? ['old-kept', 'dana-w'] : ['old-missed', 'elena']
    return {
      platform,
      faulty: faultyPlatform(platform),
      clock,
      close: () => store.close(),
      salon: {
        locationId: id('main'), zone: tinyZone, service: id('cut'), secondService: id(secondService), staff: id(staff), otherStaff: id(otherStaff),
        free: { from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) },
        client: id('dana-k'), clientPhone: '+12135550102', namesake: id('dana-w'), firstName: 'Dana', otherClient: id(adapter.clients === undefined ? 'hana' : 'fay'),
        booked: id('b-cut'), bookedRange: { from: at('2026-11-21', '00:00', tinyZone), to: at('2026-11-22', '00:00', tinyZone) },
        past: id(past), pastClient: id(pastClient), pastKnownAt: endOf(past) ?? '',
        shortDay: { date: '2027-03-14', staff: id('cruz'), opens: '10:00' }, longDay: { date: '2027-11-07', staff: id('cruz'), opens: '10:00' },
      },
    }
  }, { copiesRead })
}
