import type { Action } from '../approvals/action.ts'
import { bookAction } from './book.ts'
import { cancelAction } from './cancel.ts'
import { noteAction, removeNoteAction } from './note.ts'
import type { BookingRoom } from './read-booking.ts'
import { rescheduleAction } from './reschedule.ts'
import { setStatusAction } from './set-status.ts'

/** Every change of the book that can be proposed. */
export function bookingActions(room: BookingRoom): Action[] {
  return [rescheduleAction(room), cancelAction(room), bookAction(room), setStatusAction(room), noteAction(room), removeNoteAction(room)] as Action[]
}
