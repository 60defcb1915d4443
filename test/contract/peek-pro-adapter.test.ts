import { bridgeCapabilities } from '../../src/platforms/peek-pro/bridge.ts'
import { peekPro } from '../../src/platforms/peek-pro/index.ts'
import { fakeOcto } from '../support/platforms/fake-octo.ts'
import { fakePeekBridge } from '../support/platforms/fake-peek-bridge.ts'
import { describeAdapter } from './adapter-contract.ts'

const resellerKey = '6d0f2c1e-7a55-4f0e-9f5e-0d6a3b1c2e4f'

describeAdapter('Peek Pro with a reseller\'s key', {
  kind: peekPro,
  credentials: { resellerKey, webhookToken: 'octo-webhook-password' },
  makeFake: (clock) => fakeOcto({ clock, endpoint: 'https://octo.peek.com/integrations/octo', apiKey: resellerKey }),
})

describeAdapter('Peek Pro with an operator\'s bridge key', {
  // What is declared is the most that can work; a bridge key can less.
  kind: { ...peekPro, declared: bridgeCapabilities },
  credentials: { bridgeKey: 'peek-bridge-key', timezone: 'America/Los_Angeles', webhookToken: 'peek-webhook-token' },
  makeFake: (clock) => fakePeekBridge({ clock }),
  serviceLengths: false,
})
