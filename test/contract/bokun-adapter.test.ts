import { bokun } from '../../src/platforms/bokun/index.ts'
import { fakeBokun } from '../support/platforms/fake-bokun.ts'
import { describeAdapter } from './adapter-contract.ts'

describeAdapter('Bókun', {
  kind: bokun,
  credentials: { accessKey: 'bokun-access-key', secretKey: 'bokun-secret-key', appSecret: 'bokun-app-secret', timezone: 'America/Los_Angeles' },
  makeFake: (clock) => fakeBokun({ clock }),
})
