import { phorest } from '../../src/platforms/phorest/index.ts'
import { fakePhorest, phorestTestCredentials } from '../support/platforms/fake-phorest.ts'
import type { TestClock } from '../support/tiny-book.ts'
import { describeMirrored } from './mirrored-contract.ts'
import { describeMirroredFaults } from './mirrored-faults.ts'

const setup = { kind: phorest, credentials: phorestTestCredentials, makeFake: (clock: TestClock) => fakePhorest({ clock }) }

describeMirrored('Phorest', setup)
describeMirroredFaults('Phorest', setup)
