import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import type { ReplyReader } from '../../replies/reading.ts'
import type { Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import type { Sender } from './find-sender.ts'
import type { Aloud, Composed, Did, OnNeedsPerson, QuestionHandler, Reply, Say, TalkHandler, TextTransport, WantedText } from '../messages.ts'
import type { Templates } from '../words/templates.ts'

/** What receiving replies works with. */
export type ReplyRoom = {
  store: Store
  clock: Clock
  platform: BookingPlatform
  templates: Templates
  reader: ReplyReader
  transport: TextTransport | undefined
  isConnected: () => Promise<boolean>
  compose: (wanted: WantedText) => Promise<Composed>
  questions: ReadonlyMap<string, QuestionHandler>
  talks: readonly TalkHandler[]
  onNeedsPerson?: OnNeedsPerson
}

/** What came besides the words: pictures, and what the text service has answered by itself already. */
export type CameWith = { media: number; answeredItself: 'stop' | 'start' | 'help' | undefined }

/** A stored reply, read, on its way to being settled. `by`: who settles it, the client's own words or a person. */
export type Settling = { room: ReplyRoom; reply: Reply; sender: Sender; cameWith: CameWith; by: string; isReadByPerson: boolean; aloud?: SpeakingAloud }

/** The client is on the phone: what is said in answer is said there, and gathered in `said`; so is why a person is wanted. */
export type SpeakingAloud = { render: (say: Say) => string; said: Aloud[]; why: string | undefined }

export type Settled = { reading: Reply['reading']['intent']; did: Did }
