/** The life of a free chair: offered, being booked, filled; or taken elsewhere (`lost`), given up by people (`closed`), or over (`too_late`). */
export type OpeningState = 'open' | 'offering' | 'booking' | 'filled' | 'lost' | 'closed' | 'too_late'

/** Why a chair is free: a visit was cancelled, missed or moved, is likely to fail, was moved by the waitlist itself, or somebody said so. */
export type OpeningCause = 'cancelled' | 'no_show' | 'moved' | 'predicted' | 'chain' | 'staff' | 'partner'

/** The life of one offer, from the approved order to the booking, and every way out of it. */
export type OfferState =
  | 'approved' | 'queued' | 'sent' | 'accepted' | 'booking' | 'booked'
  /** The answer of the text service was lost: it may have arrived, so its time runs. */
  | 'send_unknown'
  | 'declined' | 'expired' | 'withdrawn'
  /** It could not arrive; it may not be sent (said STOP, caps, hours); it does not suit any more (`why`). */
  | 'undeliverable' | 'suppressed' | 'skipped'
  /** YES, and the booking did not come about; the client was told. */
  | 'book_failed' | 'apologised'
  /** YES after its time, while somebody else is asked. */
  | 'late_yes'
