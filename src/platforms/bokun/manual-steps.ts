import type { ManualChange } from '../platform-adapter.ts'

const told = 'If Bókun offers to e-mail the customer, leave it off: the desk texts them once it sees the change.'

/** What a person does in Bókun, in order. */
export function bokunSteps(change: ManualChange): string[] {
  switch (change.kind) {
    case 'create':
      return [
        `Open Bókun and the departure of ${change.service} at ${change.when}.`,
        `Make a booking there for ${change.client}, with ${change.staff}.`,
        ...(change.note === undefined ? [] : [`Write this note on the booking: ${change.note}`]),
        told,
        'Save the booking.',
      ]
    case 'reschedule':
      return [
        `Open Bókun and find the booking of ${change.client} for ${change.service} at ${change.from}.`,
        'Choose to edit the booking, and change its date and time.',
        `Pick ${change.to}, with ${change.staff}.`,
        told,
        'Save the change.',
      ]
    case 'cancel':
      return [
        `Open Bókun and find the booking of ${change.client} for ${change.service} at ${change.when}.`,
        `Cancel only this product if the booking has others; it was cancelled by ${change.cancelledBy === 'client' ? 'the client' : 'the operator'}. Refund as your policy says.`,
        told,
      ]
    case 'setStatus': // below, so that every path returns
  }
  return [
    `Open Bókun and find the booking of ${change.client} for ${change.service} at ${change.when}.`,
    { booked: 'Take back its arrival or no-show.', confirmed: 'Write on it that the customer confirmed.', arrived: 'Mark it as arrived.', completed: 'Mark it as arrived, if nobody has.', no_show: 'Mark it as a no-show.' }[change.to],
  ]
}
