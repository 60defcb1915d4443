import { describe } from 'vitest'
import { peekPro } from '../../src/platforms/peek-pro/index.ts'
import { fakeOcto } from '../support/platforms/fake-octo.ts'
import { describeAgainstSpec } from './spec-contract.ts'

const base = 'https://octo.peek.com/integrations/octo'
const resellerKey = '6d0f2c1e-7a55-4f0e-9f5e-0d6a3b1c2e4f'

describe('Peek Pro with a reseller\'s key', () => {
  describeAgainstSpec({
    kind: peekPro, spec: 'octo-docs-3.1.openapi.yaml', base, credentials: { resellerKey },
    makeFake: (clock) => fakeOcto({ clock, endpoint: base, apiKey: resellerKey }),
    // The list of capabilities is in the standard's other specification only; without it everything is taken for granted.
    knownWrong: [/^GET \/capabilities request : Selected route not found/],
  })
})
