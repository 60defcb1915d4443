import { describe } from 'vitest'
import { phorest } from '../../src/platforms/phorest/index.ts'
import { fakePhorest, phorestTestCredentials } from '../support/platforms/fake-phorest.ts'
import { describeAgainstSpec } from './spec-contract.ts'

// A transcription of Phorest's reference, not Phorest's own file: paths and parameters of lists are good, a few paths are guesses by its own word, many answers are left open.
describe('Phorest', () => {
  describeAgainstSpec({
    kind: phorest, spec: 'phorest.openapi.yml', base: 'https://api-gateway-us.phorest.com/third-party-api-server/api/business',
    credentials: phorestTestCredentials,
    makeFake: (clock) => fakePhorest({ clock }),
    knownWrong: [
      // Salons' programs read branches and services as pages, as everything else; both are understood.
      /(branch|service) answer body: Response body must be array/,
      // Its own schema writes instants and one `state`; three programs and the sheet know a date, two times of day and two states.
      /\.?(startTime|endTime): (Response|Request) body property .* must match format "date-time"/,
      /\.?state must be equal to one of the allowed values/,
      // By its own word modelled by convention; the id goes as a parameter in two programs, one of them in use.
      /appointment\/(cancel|confirm) request : Selected route not found/,
    ],
    answers: false,
  })
})
