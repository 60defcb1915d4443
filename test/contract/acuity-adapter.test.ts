import { acuity } from '../../src/platforms/acuity/index.ts'
import { fakeAcuity } from '../support/platforms/fake-acuity.ts'
import { describeAdapter } from './adapter-contract.ts'

describeAdapter('Acuity Scheduling', {
  kind: acuity,
  credentials: { userId: '12345', apiKey: 'acuity-key-of-the-tiny-salon', riskFieldId: '777' },
  makeFake: (clock) => fakeAcuity({ clock }),
})
