import { at } from '../../src/salon/time.ts'
import { faultyPlatform } from '../support/faulty-platform.ts'
import { createTinyDesk, tinyZone } from '../support/tiny-book.ts'
import { describeBookingPlatform } from './booking-platform-contract.ts'

describeBookingPlatform('embedded', async () => {
  const { store, platform, clock } = await createTinyDesk()
  return {
    platform,
    faulty: faultyPlatform(platform),
    clock,
    close: () => store.close(),
    salon: {
      locationId: 'main',
      zone: tinyZone,
      service: 'cut',
      secondService: 'beard',
      staff: 'ana',
      otherStaff: 'bea',
      free: { from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) },
      client: 'dana-k',
      clientPhone: '+12135550102',
      namesake: 'dana-w',
      firstName: 'Dana',
      otherClient: 'fay',
      booked: 'b-cut',
      bookedRange: { from: at('2026-11-21', '00:00', tinyZone), to: at('2026-11-22', '00:00', tinyZone) },
      past: 'old-missed',
      pastClient: 'elena',
      pastKnownAt: '2026-10-31T18:30:00.000Z',
      shortDay: { date: '2027-03-14', staff: 'cruz', opens: '10:00' },
      longDay: { date: '2027-11-07', staff: 'cruz', opens: '10:00' },
    },
  }
})
