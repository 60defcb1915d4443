import type { OfferState, OpeningCause, OpeningState } from '../../salon/waitlist.ts'

/** Why a chair is free, said of whoever left it ("Elena Ruiz") or of nobody. */
export function sayCause({ cause, who }: { cause: OpeningCause; who?: string | undefined }): string {
  const name = who ?? 'somebody'
  return {
    cancelled: `${name} cancelled`, no_show: `${name} did not come`, moved: `${name} moved to another time`, predicted: `${name} may well not come`,
    chain: `the waitlist moved ${name} to an earlier time`, staff: who === undefined ? 'the desk said that it is free' : `${name} left it, and the desk offers it`, partner: 'a partner gave it back',
  }[cause]
}

/** What a state is called, as a heading: "Being offered". */
export const stateNames: Record<OpeningState, string> = {
  open: 'Free', offering: 'Being offered', booking: 'Being booked', filled: 'Filled', lost: 'Taken elsewhere', closed: 'Given up', too_late: 'Too late',
}

/** Why an opening ended as it did, as a sentence; for `filled` see the offer that won. */
export function sayEnd({ state, why }: { state: OpeningState; why: string | null }): string {
  return endings[why ?? ''] ?? { open: 'It is still free.', offering: 'It is being offered.', booking: 'It is being booked.', filled: 'It is filled.', lost: 'Somebody else has it.', closed: 'It was given up.', too_late: 'It became too late for offers.' }[state]
}

const endings: Record<string, string> = {
  nobody_took_it: 'Everybody who could be asked was, and nobody took it.',
  taken_elsewhere: 'Somebody booked it elsewhere before it could be given to anybody who waits.',
  nobody_decided: 'Nobody decided about its offers before it became too late.',
  no_time_left: 'Time ran out before everybody could be asked.',
  staff: 'The desk stopped offering it.',
  rejected: 'Its card was turned down.',
  expired: 'Its card ran out before anybody decided.',
  maybe_booked: 'The booking system did not say whether the booking came about: look in the book, and call.',
  not_by_hand: 'Somebody said yes, and the booking that was to be made by hand did not show in the booking system in time: look in the book, and call.',
  platform_away: 'The booking system did not answer for a quarter of an hour after the yes.',
}

/** Why a chair that is free is not being offered yet; undefined when nothing stands in the way. */
export function sayObstacle(why: string | null): string | undefined {
  return { nobody: 'nobody on the waitlist fits it and may be texted', quiet_hours: 'there are only quiet hours left before it', too_late: 'it is too late: nobody could answer and be here in time' }[why ?? '']
}

/** What became of an offer, as a clause after a name: "said no". */
export function sayOffer({ state, why }: { state: OfferState; why: string | null }): string {
  switch (state) {
    case 'approved': return 'is in line'
    case 'queued': return 'is about to be asked'
    case 'sent': return 'is asked'
    case 'send_unknown': return 'is asked, though the text may not have arrived'
    case 'accepted': case 'booking': return 'said yes and is being booked'
    case 'booked': return 'said yes and has it'
    case 'declined': return why === 'changed_mind' ? 'said yes, then no' : 'said no'
    case 'expired': return why === null ? 'did not answer in time' : 'said yes after it was over'
    case 'withdrawn': return why === 'not_needed' ? 'was not asked: it was over before' : 'was asked, and it was over before an answer'
    case 'undeliverable': return 'could not be reached by text'
    case 'suppressed': return why === 'opted_out' ? 'wants no texts' : 'was not texted'
    case 'skipped': return `was left out: ${skipped[why ?? ''] ?? 'did not fit any more'}`
    case 'book_failed': case 'apologised': return `said yes and could not be booked${failures[why ?? ''] ?? ''}`
    case 'late_yes': // below, so that every path returns
  }
  return 'said yes too late, and has it if nobody else takes it'
}

const failures: Record<string, string> = {
  taken_elsewhere: ': somebody else had it meanwhile', not_by_hand: ': nobody made the booking by hand in time', platform_away: ': the booking system did not answer', maybe_booked: ', as far as is known: the booking system did not answer', visit_gone: ': the visit they would have given up is gone', visit_changed: ': the visit they would have given up has changed',
}

/** Why somebody was left out right before being asked: the reasons of the ranking (`exclusions`), in words. */
const skipped: Record<string, string> = {
  service_gone: 'the service is no longer done', too_long: 'it became too short', other_times: 'wants other times now', other_person: 'wants somebody else', not_their_skill: 'this person does not do it', no_time_free: 'the time was no longer free',
  too_short_notice: 'it became too short notice', already_booked: 'was booked meanwhile', booked_then: 'has another visit then', opted_out: 'wants no texts', no_number: 'has no number to text', shared_number: 'shares a number with somebody',
  asked_too_often: 'was asked too often lately', asked_elsewhere: 'was being asked about another time', patch_test: 'needs a patch test first', household_asked: 'somebody of the same household was asked', left_this_chair: 'had this time and left it',
  not_on_list: 'no longer waits', party_too_big: 'comes with too many',
}
