import type { Action } from '../../approvals/action.ts'
import type { Approvals } from '../../approvals/open-approvals.ts'
import type { LocationCallList, ScoreAppointments } from '../../calls/call-list.ts'
import type { DayBook } from '../../insights/day-book.ts'
import type { EditTemplates } from '../../messages/words/edit-templates.ts'
import type { Messages } from '../../messages/messages.ts'
import type { Outgoing } from '../../phone/outgoing/outgoing.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Location } from '../../salon/salon.ts'
import type { Clock, LocalDate } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import type { Press, PressAnswer } from './card.ts'
import type { PhoneOnCards } from './phone-view.ts'
import type { WaitlistOnCards } from './opening-view.ts'
import type { Tokens } from './token.ts'

/** What the cards work with. */
export type CardRoom = {
  store: Store
  clock: Clock
  platform: BookingPlatform
  approvals: Approvals
  messages: Pick<Messages, 'thread' | 'waiting' | 'lookedAfter' | 'readAs' | 'takeOver' | 'handBack' | 'setConsent'>
  /** The salon's own wording of its texts; absent where it cannot be changed. */
  wording?: EditTemplates | undefined
  /** Free chairs and who waits for them; absent where there is none. */
  waitlist?: WaitlistOnCards | undefined
  /** Calls to clients at the press of a button; absent where there is no telephone. */
  outgoing?: Outgoing | undefined
  /** Clients' calls, opened at first use; absent where there is no telephone. */
  phone?: (() => Promise<PhoneOnCards>) | undefined
  /** Every kind of change, by its name. */
  actions: ReadonlyMap<string, Action>
  score: ScoreAppointments
  dayBook(query: { locationId: string; date: LocalDate }): Promise<DayBook>
  /** The list as it was posted, when it was. */
  brief(query: { locationId: string; date: LocalDate }): Promise<LocationCallList | undefined>
  tokens: Tokens
}

/** What one button does. Throws `DeskError` for a refusal: its words are the answer. */
export type PressHandler = (press: Press, room: CardRoom) => Promise<PressAnswer>

export function said(text: string, { good = true, subjects = [] }: { good?: boolean; subjects?: string[] } = {}): PressAnswer {
  return { kind: 'said', text, good, subjects: [...new Set(subjects)] }
}

/** Throws `DeskError('not_found')`. */
export async function locationOf({ platform }: Pick<CardRoom, 'platform'>, locationId: string): Promise<Location> {
  const location = unwrap(await platform.catalog()).locations.find(({ id }) => id === locationId)
  if (location === undefined) throw new DeskError('not_found', { message: 'no such location', userMessage: 'That location is not in the booking system (any more).' })
  return location
}
