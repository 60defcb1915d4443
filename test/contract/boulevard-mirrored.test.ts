import { boulevard } from '../../src/platforms/boulevard/index.ts'
import { fakeBoulevard } from '../support/platforms/fake-boulevard.ts'
import type { TestClock } from '../support/tiny-book.ts'
import { describeMirrored } from './mirrored-contract.ts'
import { describeMirroredFaults } from './mirrored-faults.ts'

const setup = {
  kind: boulevard,
  credentials: { businessId: 'b1f0-tiny', apiKey: 'api-key-of-the-tiny-salon', apiSecret: Buffer.from('secret of the tiny salon').toString('base64') },
  makeFake: (clock: TestClock) => fakeBoulevard({ clock }),
  movesToOtherStaff: false,
  decisiveBody: (body: unknown) => new RegExp(`${/(?:query|mutation) \w+/.exec(JSON.stringify(body))?.[0] ?? '^$'}\\b`),
}

describeMirrored('Boulevard', setup)
describeMirroredFaults('Boulevard', setup)
