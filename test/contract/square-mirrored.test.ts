import { square } from '../../src/platforms/square/index.ts'
import { fakeSquare } from '../support/platforms/fake-square.ts'
import type { TestClock } from '../support/tiny-book.ts'
import { describeMirrored } from './mirrored-contract.ts'
import { describeMirroredFaults } from './mirrored-faults.ts'

const setup = { kind: square, credentials: { accessToken: 'EAAA-test-token-of-the-tiny-salon', signatureKey: 'square-signature-key' }, makeFake: (clock: TestClock) => fakeSquare({ clock }) }

describeMirrored('Square', { ...setup, copiesRead: true })
describeMirroredFaults('Square', setup)
