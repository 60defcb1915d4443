import { freshaPartner } from '../../src/platforms/fresha-partner/index.ts'
import { fakeFreshaPartner } from '../support/platforms/fake-fresha-partner.ts'
import { describeAdapter } from './adapter-contract.ts'

describeAdapter('Fresha (partner endpoint)', {
  kind: freshaPartner,
  credentials: { baseUrl: 'https://partner.example.com', clientId: 'tiny-client', clientSecret: 'tiny-client-secret', businessId: 'main', businessName: 'Tiny Salon', timezone: 'America/Los_Angeles', webhookSecret: 'tiny-webhook-secret' },
  makeFake: (clock) => fakeFreshaPartner({ clock }),
  severalServices: false,
})
