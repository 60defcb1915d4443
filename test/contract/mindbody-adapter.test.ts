import { mindbody } from '../../src/platforms/mindbody/index.ts'
import { fakeMindbody } from '../support/platforms/fake-mindbody.ts'
import { describeAdapter } from './adapter-contract.ts'

describeAdapter('Mindbody', {
  kind: mindbody,
  credentials: { apiKey: 'mindbody-test-api-key', siteId: '-99', username: 'desk', password: 'desk-password', signatureKey: 'mindbody-signature-key' },
  makeFake: (clock) => fakeMindbody({ clock }),
  severalServices: false,
})
