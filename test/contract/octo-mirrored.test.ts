import { octo } from '../../src/platforms/octo/index.ts'
import { fakeOcto } from '../support/platforms/fake-octo.ts'
import type { TestClock } from '../support/tiny-book.ts'
import { describeMirrored } from './mirrored-contract.ts'
import { describeMirroredFaults } from './mirrored-faults.ts'

const setup = {
  kind: octo,
  credentials: { endpoint: 'https://octo.example.com/octo', apiKey: 'octo-test-key-of-a-reseller', webhookPassword: 'octo-webhook-password' },
  makeFake: (clock: TestClock) => fakeOcto({ clock }),
}

describeMirrored('OCTO', setup)
// The seat is held before the booking is confirmed: from then on nobody else gets it.
describeMirroredFaults('OCTO', { ...setup, taking: { method: 'POST', path: /\/bookings$/ } })
