import { phorest } from '../../src/platforms/phorest/index.ts'
import { fakePhorest, phorestTestCredentials } from '../support/platforms/fake-phorest.ts'
import { describeAdapter } from './adapter-contract.ts'

describeAdapter('Phorest', { kind: phorest, credentials: phorestTestCredentials, makeFake: (clock) => fakePhorest({ clock }) })
describeAdapter('Phorest, dating by the salon\'s clock', { kind: phorest, credentials: { ...phorestTestCredentials, times: 'salon' }, makeFake: (clock) => fakePhorest({ clock, times: 'salon' }) })
