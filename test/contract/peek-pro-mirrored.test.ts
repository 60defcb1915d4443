import { bridgeCapabilities } from '../../src/platforms/peek-pro/bridge.ts'
import { peekPro } from '../../src/platforms/peek-pro/index.ts'
import { fakePeekBridge } from '../support/platforms/fake-peek-bridge.ts'
import type { TestClock } from '../support/tiny-book.ts'
import { describeMirroredFaults } from './mirrored-faults.ts'

const setup = {
  kind: { ...peekPro, declared: bridgeCapabilities },
  credentials: { bridgeKey: 'peek-bridge-key', timezone: 'America/Los_Angeles', webhookToken: 'peek-webhook-token' },
  makeFake: (clock: TestClock) => fakePeekBridge({ clock }),
}

// What a person does by hand is not in the port's suite; what is read, and heard, goes through the faults.
describeMirroredFaults('Peek Pro with a bridge key', setup)
