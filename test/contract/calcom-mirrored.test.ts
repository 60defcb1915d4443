import { calcom } from '../../src/platforms/calcom/index.ts'
import { calcomKey, fakeCalcom } from '../support/platforms/fake-calcom.ts'
import type { TestClock } from '../support/tiny-book.ts'
import { describeMirrored } from './mirrored-contract.ts'
import { describeMirroredFaults } from './mirrored-faults.ts'

const setup = { kind: calcom, credentials: { apiKey: calcomKey, teamId: '7', webhookSecret: 'calcom-webhook-secret' }, makeFake: (clock: TestClock) => fakeCalcom({ clock }) }

describeMirrored('Cal.com', setup)
describeMirroredFaults('Cal.com', setup)
