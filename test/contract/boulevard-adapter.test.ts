import { boulevard } from '../../src/platforms/boulevard/index.ts'
import { fakeBoulevard } from '../support/platforms/fake-boulevard.ts'
import { describeAdapter } from './adapter-contract.ts'

describeAdapter('Boulevard', {
  kind: boulevard,
  credentials: { businessId: 'b1f0-tiny', apiKey: 'api-key-of-the-tiny-salon', apiSecret: Buffer.from('secret of the tiny salon').toString('base64') },
  makeFake: (clock) => fakeBoulevard({ clock }),
  movesToOtherStaff: false,
  decisive: { body: /bookingComplete\(/ },
})
