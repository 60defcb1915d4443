import { mindbody } from '../../src/platforms/mindbody/index.ts'
import { fakeMindbody } from '../support/platforms/fake-mindbody.ts'
import type { TestClock } from '../support/tiny-book.ts'
import { describeMirrored } from './mirrored-contract.ts'
import { describeMirroredFaults } from './mirrored-faults.ts'

const setup = {
  kind: mindbody,
  credentials: { apiKey: 'mindbody-test-api-key', siteId: '-99', username: 'desk', password: 'desk-password', signatureKey: 'mindbody-signature-key' },
  makeFake: (clock: TestClock) => fakeMindbody({ clock }),
}

describeMirrored('Mindbody', setup)
describeMirroredFaults('Mindbody', setup)
