import { zenoti } from '../../src/platforms/zenoti/index.ts'
import { fakeZenoti } from '../support/platforms/fake-zenoti.ts'
import type { TestClock } from '../support/tiny-book.ts'
import { describeMirrored } from './mirrored-contract.ts'
import { describeMirroredFaults } from './mirrored-faults.ts'

const setup = {
  kind: zenoti,
  credentials: { apiKey: 'zenoti-key-of-the-tiny-salon', timezone: 'America/Los_Angeles', searchGuestId: 'search-guest', webhookSecret: 'zenoti-webhook-secret' },
  makeFake: (clock: TestClock) => fakeZenoti({ clock }),
}

describeMirrored('Zenoti', setup)
describeMirroredFaults('Zenoti', setup)
