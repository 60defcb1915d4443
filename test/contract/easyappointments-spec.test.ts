import { describe } from 'vitest'
import { easyappointments } from '../../src/platforms/easyappointments/index.ts'
import { easyAddress, easyToken, fakeEasyappointments } from '../support/platforms/fake-easyappointments.ts'
import { describeAgainstSpec } from './spec-contract.ts'

describe('Easy!Appointments', () => {
  describeAgainstSpec({
    kind: easyappointments, spec: 'easyappointments.openapi.yml', base: `${easyAddress}/index.php/api/v1`,
    credentials: { baseUrl: easyAddress, token: easyToken },
    makeFake: (clock) => fakeEasyappointments({ clock }),
  })
})
