import { bokun } from '../../src/platforms/bokun/index.ts'
import { fakeBokun } from '../support/platforms/fake-bokun.ts'
import type { TestClock } from '../support/tiny-book.ts'
import { describeMirroredFaults } from './mirrored-faults.ts'

const setup = {
  kind: bokun,
  credentials: { accessKey: 'bokun-access-key', secretKey: 'bokun-secret-key', appSecret: 'bokun-app-secret', timezone: 'America/Los_Angeles' },
  makeFake: (clock: TestClock) => fakeBokun({ clock }),
}

// What a person does by hand is not in the port's suite; what is read, and heard, goes through the faults.
describeMirroredFaults('Bókun', setup)
