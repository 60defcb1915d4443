import { freshaPartner } from '../../src/platforms/fresha-partner/index.ts'
import { fakeFreshaPartner } from '../support/platforms/fake-fresha-partner.ts'
import type { TestClock } from '../support/tiny-book.ts'
import { describeMirrored } from './mirrored-contract.ts'
import { describeMirroredFaults } from './mirrored-faults.ts'

const setup = {
  kind: freshaPartner,
  credentials: { baseUrl: 'https://partner.example.com', clientId: 'tiny-client', clientSecret: 'tiny-client-secret', businessId: 'main', businessName: 'Tiny Salon', timezone: 'America/Los_Angeles', webhookSecret: 'tiny-webhook-secret' },
  makeFake: (clock: TestClock) => fakeFreshaPartner({ clock }),
}

describeMirrored('Fresha (partner endpoint)', setup)
describeMirroredFaults('Fresha (partner endpoint)', setup)
