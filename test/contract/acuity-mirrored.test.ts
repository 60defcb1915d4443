import { acuity } from '../../src/platforms/acuity/index.ts'
import { fakeAcuity } from '../support/platforms/fake-acuity.ts'
import type { TestClock } from '../support/tiny-book.ts'
import { describeMirrored } from './mirrored-contract.ts'
import { describeMirroredFaults } from './mirrored-faults.ts'

const setup = { kind: acuity, credentials: { userId: '12345', apiKey: 'acuity-key-of-the-tiny-salon', riskFieldId: '777' }, makeFake: (clock: TestClock) => fakeAcuity({ clock }) }

describeMirrored('Acuity Scheduling', setup)
describeMirroredFaults('Acuity Scheduling', setup)
