import type { Agent } from '../../agent/agent.ts'
import type { Approvals } from '../../approvals/open-approvals.ts'
import type { Role } from '../../approvals/roles.ts'
import type { DayBook } from '../../insights/day-book.ts'
import type { Messages } from '../../messages/messages.ts'
import type { Phone } from '../../phone/phone.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import type { Clock, LocalDate } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import type { Cards } from '../cards/card.ts'

/** What the page needs of the desk. */
export type PageDesk = {
  store: Store
  clock: Clock
  platform: Pick<BookingPlatform, 'catalog' | 'clients'>
  approvals: Pick<Approvals, 'list'>
  cards: Cards
  messages: Pick<Messages, 'receive' | 'thread' | 'recent' | 'waiting' | 'lookedAfter'>
  /** Opened at first use, which may take seconds. */
  agent(): Promise<Agent>
  dayBook: (where: { locationId: string; date: LocalDate }) => Promise<DayBook>
  /** PNG bytes. */
  dayPicture: (where: { locationId: string; date: LocalDate }) => Promise<Uint8Array>
  /** Calls `listener` with what is to be drawn again after every change, in whichever process it happened; answers how to stop. */
  onChange(listener: (subjects: string[]) => void): () => void
  /** The role somebody from Slack has at this moment; undefined when none (any more). */
  roleNow?: ((personId: string) => Promise<Role | undefined>) | undefined
  /** The salon's side of phone calls, opened at first use. Absent: nobody answers calls from the page. */
  phone?: (() => Promise<Phone>) | undefined
  isPaused(): Promise<boolean>
  /** The words of a recording; empty when nobody speaks. Throws `DeskError('invalid_input')` for what is no sound. Absent: this desk cannot listen. */
  transcribe?: ((bytes: Uint8Array) => Promise<{ text: string }>) | undefined
  /** The address the server listens at. */
  host: string
  /** Where people outside this machine reach it, when it is known. */
  publicUrl?: string | undefined
}
