import { square } from '../../src/platforms/square/index.ts'
import { fakeSquare } from '../support/platforms/fake-square.ts'
import { describeAdapter } from './adapter-contract.ts'

describeAdapter('Square', {
  kind: square,
  credentials: { accessToken: 'EAAA-test-token-of-the-tiny-salon', signatureKey: 'square-signature-key' },
  makeFake: (clock) => fakeSquare({ clock }),
})
