import { easyappointments } from '../../src/platforms/easyappointments/index.ts'
import { easyAddress, easyToken, fakeEasyappointments } from '../support/platforms/fake-easyappointments.ts'
import { describeAdapter } from './adapter-contract.ts'

describeAdapter('Easy!Appointments', {
  kind: easyappointments,
  credentials: { baseUrl: easyAddress, token: easyToken, webhookToken: 'webhook-secret-of-tiny' },
  makeFake: (clock) => fakeEasyappointments({ clock }),
  severalServices: false,
})
