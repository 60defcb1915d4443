import { octo } from '../../src/platforms/octo/index.ts'
import { fakeOcto } from '../support/platforms/fake-octo.ts'
import { describeAdapter } from './adapter-contract.ts'

describeAdapter('OCTO', {
  kind: octo,
  credentials: { endpoint: 'https://octo.example.com/octo/', apiKey: 'octo-test-key-of-a-reseller', webhookPassword: 'octo-webhook-password' },
  makeFake: (clock) => fakeOcto({ clock }),
})
