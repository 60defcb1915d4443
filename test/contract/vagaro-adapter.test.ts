import { vagaro } from '../../src/platforms/vagaro/index.ts'
import { fakeVagaro, vagaroTestCredentials } from '../support/platforms/fake-vagaro.ts'
import { describeAdapter } from './adapter-contract.ts'

describeAdapter('Vagaro', {
  kind: vagaro, credentials: vagaroTestCredentials, makeFake: (clock) => fakeVagaro({ clock }), listsRanges: false,
  tooMany: { status: 429, body: { status: 429, responseCode: 1038, message: 'Too many requests' } },
})
