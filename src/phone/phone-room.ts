import type { Selectable } from 'kysely'
import type { Messages } from '../messages/messages.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import type { Policies } from '../policies/open-policies.ts'
import type { ReplyReader } from '../replies/reading.ts'
import type { Clock } from '../salon/time.ts'
import type { Store, Trx } from '../store/open-store.ts'
import type { Tables } from '../store/tables.ts'
import type { SpokenWords } from './answering/spoken-words.ts'

/** Runs `work` after so many ms unless the answer (a function) is called before. */
export type After = (ms: number, work: () => void) => () => void

/** What the phone works with. */
export type PhoneRoom = {
  store: Store
  clock: Clock
  platform: BookingPlatform
  messages: Pick<Messages, 'isConnected' | 'compose' | 'queue' | 'deliver' | 'receiveSpoken' | 'sayAloud' | 'unheard' | 'openQuestion'>
  reader: ReplyReader
  policies: () => Promise<Pick<Policies, 'forClients'>>
  words: SpokenWords
  after: After
  /** Whether somebody's phone can ring when a person is wanted; otherwise a message is taken. */
  canRing: boolean
  /** Whether calls are recorded unless the caller says no; they are told in the first words. */
  recording: boolean
  /** Where what the salon wrote for clients can be read (`…/policies/SECTION`); undefined where the desk has no public address. */
  publicUrl: string | undefined
  /** Hears, in the transaction that records it, of a call that wants a person. */
  onWantsPerson?: ((trx: Trx, call: { callId: string; locationId: string | null }) => Promise<void>) | undefined
  /** Resolves when the card of a call is up, or cannot be soon; the phone rings after that. */
  cardIsUp?: ((callId: string) => Promise<void>) | undefined
  /** What failed beside the conversation: to be logged, never to be heard. */
  onError: (error: unknown) => void
}

export type CallRow = Selectable<Tables['phone_calls']>
