import type { ManualChange } from '../platform-adapter.ts'

// The desk tells the client when it sees the change; two messages about one change make people ring up.
const quiet = 'If Fresha offers to notify the client, leave it off: the desk texts them once it sees the change.'

const statuses: Record<Extract<ManualChange, { kind: 'setStatus' }>['to'], string> = { booked: 'Booked', confirmed: 'Confirmed', arrived: 'Arrived', completed: 'Completed', no_show: 'No-show' }

/** What a person does in Fresha's calendar, in order. Names of buttons are those of Fresha's help centre; the menu beside an appointment has been called "More options" and "Options". */
export function freshaSteps(change: ManualChange): string[] {
  switch (change.kind) {
    case 'create':
      return [
        `Open the calendar in Fresha at ${change.when}, in the column of ${change.staff}.`,
        `Click that time, choose the new appointment and the client ${change.client}.`,
        `Add the service ${change.service} with ${change.staff}, and check that it begins at ${change.when}.`,
        ...(change.note === undefined ? [] : [`Write this note into the appointment: ${change.note}`]),
        quiet,
        'Save the appointment.',
      ]
    case 'reschedule':
      return [
        `Open the calendar in Fresha at ${change.from} and click the appointment of ${change.client} (${change.service}).`,
        'Choose More options, then Reschedule.',
        `Pick ${change.to} in the column of ${change.staff}.`,
        quiet,
        'Save the change.',
      ]
    case 'cancel':
      return [
        `Open the calendar in Fresha at ${change.when} and click the appointment of ${change.client} (${change.service}).`,
        'Choose More options, then Cancel.',
        `As the reason choose what fits best: it was cancelled by ${change.cancelledBy === 'client' ? 'the client' : 'the salon'}.`,
        quiet,
        'Confirm the cancellation.',
      ]
    case 'setStatus': // below, so that every path returns
  }
  return [
    `Open the calendar in Fresha at ${change.when} and click the appointment of ${change.client} (${change.service}).`,
    `Set its status to ${statuses[change.to]}.`,
  ]
}
