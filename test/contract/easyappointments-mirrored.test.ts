import { easyappointments } from '../../src/platforms/easyappointments/index.ts'
import { easyAddress, easyToken, fakeEasyappointments } from '../support/platforms/fake-easyappointments.ts'
import type { TestClock } from '../support/tiny-book.ts'
import { describeMirrored } from './mirrored-contract.ts'
import { describeMirroredFaults } from './mirrored-faults.ts'

const setup = { kind: easyappointments, credentials: { baseUrl: easyAddress, token: easyToken, webhookToken: 'webhook-secret-of-tiny' }, makeFake: (clock: TestClock) => fakeEasyappointments({ clock }) }

describeMirrored('Easy!Appointments', setup)
describeMirroredFaults('Easy!Appointments', setup)
