import type { ManualChange } from '../platform-adapter.ts'

const told = 'If Peek Pro offers to tell the guest, leave it off: the desk texts them once it sees the change.'

/** What a person does in Peek Pro, in order. */
export function peekSteps(change: ManualChange): string[] {
  switch (change.kind) {
    case 'create':
      return [
        `Open Peek Pro and the activity ${change.service} at ${change.when}.`,
        `Add a booking for ${change.client}, with ${change.staff}.`,
        ...(change.note === undefined ? [] : [`Write this note on the booking: ${change.note}`]),
        told,
        'Save the booking.',
      ]
    case 'reschedule':
      return [
        `Open Peek Pro and find the booking of ${change.client} for ${change.service} at ${change.from}.`,
        `Move it to ${change.to}, with ${change.staff}.`,
        told,
        'Save the change.',
      ]
    case 'cancel':
      return [
        `Open Peek Pro and find the booking of ${change.client} for ${change.service} at ${change.when}.`,
        `Cancel it; it was cancelled by ${change.cancelledBy === 'client' ? 'the client' : 'the operator'}. Refund as your policy says.`,
        told,
      ]
    case 'setStatus': // below, so that every path returns
  }
  return [
    `Open Peek Pro and find the booking of ${change.client} for ${change.service} at ${change.when}.`,
    { booked: 'Take back its check-in or no-show.', confirmed: 'Write on it that the guest confirmed.', arrived: 'Check the guest in.', completed: 'Check the guest in, if nobody has.', no_show: 'Mark it as a no-show.' }[change.to],
  ]
}
