import type { Capabilities, Mode } from '../../platforms/booking-platform.ts'

/** How an operation stands: works by the platform's API (a book may be read in batches only, or from what webhooks tell); a person does it, led step by step; there by all evidence, but to be tried with the salon's key first; kept by the desk because the platform has no place for it; not at all. */
export type Standing = 'live' | 'in batches' | 'from webhooks' | 'by agreement' | 'assisted' | 'unproven' | 'kept by the desk' | 'none'

export const operations = ['read the book', 'free times', 'book', 'move', 'cancel', 'confirm', 'no-show', 'notes', 'risk score', 'waitlist', 'webhooks'] as const
export type Operation = (typeof operations)[number]

/** A platform's flags in the words of the table; nothing is said here that they do not say. */
export function standingOf(caps: Capabilities, { byAgreement = false }: { byAgreement?: boolean | undefined } = {}): Record<Operation, Standing> {
  const standing = standingByFlags(caps)
  return byAgreement ? Object.fromEntries(operations.map((operation) => [operation, standing[operation] === 'live' ? 'by agreement' : standing[operation]])) as Record<Operation, Standing> : standing
}

function standingByFlags(caps: Capabilities): Record<Operation, Standing> {
  return {
    'read the book': ({ live: 'live', batch: 'in batches', events_only: 'from webhooks' } as const)[caps.read],
    'free times': caps.availability === 'none' ? 'none' : caps.availability === 'calendar_only' ? 'kept by the desk' : 'live',
    book: modeOf(caps.create),
    move: caps.reschedule === 'cancel_and_rebook' ? 'live' : modeOf(caps.reschedule),
    cancel: modeOf(caps.cancel),
    confirm: orKept(modeOf(caps.confirm)),
    'no-show': orKept(caps.setNoShow === 'via_cancel_reason' ? 'live' : modeOf(caps.setNoShow)),
    notes: caps.notes.appointment === 'yes' || caps.notes.client === 'yes' ? 'live' : modeOf(caps.notes.appointment),
    'risk score': caps.riskField === 'none' ? 'none' : 'live',
    // The desk's own list is there on every platform; one of the platform's own is written to beside it.
    waitlist: caps.waitlist === 'none' ? 'kept by the desk' : 'live',
    webhooks: caps.webhookProof === undefined ? 'none' : 'live',
  }
}

function modeOf(mode: Mode): Standing {
  return ({ yes: 'live', assisted: 'assisted', unverified: 'unproven', none: 'none' } as const)[mode]
}

/** What a platform has no word for (a client's yes, a no-show) the desk keeps itself. */
function orKept(standing: Standing): Standing {
  return standing === 'none' ? 'kept by the desk' : standing
}
