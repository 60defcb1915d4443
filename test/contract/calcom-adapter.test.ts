import { calcom } from '../../src/platforms/calcom/index.ts'
import { calcomKey, fakeCalcom } from '../support/platforms/fake-calcom.ts'
import { describeAdapter } from './adapter-contract.ts'

describeAdapter('Cal.com', {
  kind: calcom,
  credentials: { apiKey: calcomKey, teamId: '7', webhookSecret: 'calcom-webhook-secret' },
  makeFake: (clock) => fakeCalcom({ clock }),
  severalServices: false,
})
