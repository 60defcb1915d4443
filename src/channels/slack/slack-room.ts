import type { Agent } from '../../agent/agent.ts'
import type { Approvals } from '../../approvals/open-approvals.ts'
import type { Person } from '../../approvals/roles.ts'
import type { Logger } from '../../logger.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import type { Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import type { Cards } from '../cards/card.ts'
import type { Ask } from './ask.ts'
import type { Download } from './download-file.ts'
import type { Homes } from './home.ts'
import type { Poster } from './poster.ts'
import type { Roles } from './roles.ts'
import type { Stops } from './stops.ts'

/** What the listeners work with. */
export type SlackRoom = {
  store: Store
  clock: Clock
  logger: Logger
  cards: Cards
  agent: () => Promise<Agent>
  approvals: Pick<Approvals, 'catchUp' | 'list'>
  platform: BookingPlatform
  ask: Ask
  download: Download
  /** The words in a recording, empty where there are none; absent where there is no speech model. Throws `DeskError('invalid_input')` for what it cannot read. */
  hear?: ((recording: Uint8Array) => Promise<{ text: string }>) | undefined
  roles: Roles
  homes: Homes
  stops: Stops
  poster: Pick<Poster, 'refresh' | 'settleClick' | 'recognise'>
  /** Where Slack takes answers to a click besides its own hosts: the origin of `SLACK_API_URL`. */
  apiUrl: string | undefined
  /** Whether answers of a language model stream. */
  streams: boolean
  /** A link that signs this person in on the local page; absent where the page cannot be reached from elsewhere. */
  signInLink?: ((person: Person) => Promise<string>) | undefined
}
