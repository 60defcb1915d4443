import { fresha } from '../../src/platforms/fresha/index.ts'
import { fakeFresha } from '../support/platforms/fake-fresha.ts'
import { testClock } from '../support/tiny-book.ts'
import { describeAssisted } from './assisted-contract.ts'

describeAssisted('Fresha', {
  kind: fresha,
  credentials: { businessName: 'Tiny Salon', timezone: 'America/Los_Angeles', hours: 'Mon-Sat 9:00-18:00', services: 'Women\'s cut = 45 min, 65', feeds: fakeFresha({ clock: testClock() }).feeds },
  makeServer: (clock) => fakeFresha({ clock }).server,
})
