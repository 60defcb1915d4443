import { zenoti } from '../../src/platforms/zenoti/index.ts'
import { fakeZenoti } from '../support/platforms/fake-zenoti.ts'
import { describeAdapter } from './adapter-contract.ts'

describeAdapter('Zenoti', {
  kind: zenoti,
  credentials: { apiKey: 'zenoti-key-of-the-tiny-salon', timezone: 'America/Los_Angeles', searchGuestId: 'search-guest', webhookSecret: 'zenoti-webhook-secret' },
  makeFake: (clock) => fakeZenoti({ clock }),
})
