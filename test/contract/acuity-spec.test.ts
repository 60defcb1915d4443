import { describe } from 'vitest'
import { acuity } from '../../src/platforms/acuity/index.ts'
import { fakeAcuity } from '../support/platforms/fake-acuity.ts'
import { describeAgainstSpec } from './spec-contract.ts'

describe('Acuity Scheduling', () => {
  describeAgainstSpec({
    // Written by a third party after the documentation, and of four paths only.
    kind: acuity, spec: 'acuity-partial.openapi.yml', base: 'https://acuityscheduling.com/api/v1', answers: false,
    only: /^(GET|POST) \/api\/v1\/appointments$|^PUT \/api\/v1\/appointments\/\d+$/,
    credentials: { userId: '12345', apiKey: 'acuity-key-of-the-tiny-salon', riskFieldId: '777' },
    makeFake: (clock) => fakeAcuity({ clock }),
  })
})
