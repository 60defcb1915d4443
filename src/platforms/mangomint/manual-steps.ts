import { theTeam } from '../../salon/stand-ins.ts'
import type { ManualChange } from '../platform-adapter.ts'

// The desk tells the client when it hears of the change; two messages about one change make people ring up.
const quiet = 'If Mangomint offers to send the client a message, leave it off: the desk texts them once it hears of the change.'

const statuses: Record<Extract<ManualChange, { kind: 'setStatus' }>['to'], string> = { booked: 'Booked', confirmed: 'Confirmed', arrived: 'Checked in', completed: 'Completed', no_show: 'No-show' }

/** Who does it is not told by Mangomint: then whoever makes the change chooses. */
const columnOf = (staff: string) => (staff === theTeam.name ? 'whoever is to do it' : staff)

/** What a person does in Mangomint's calendar, in order, in plain words: its own pages for these steps were not at hand, so buttons are described, not named. */
export function mangomintSteps(change: ManualChange): string[] {
  switch (change.kind) {
    case 'create':
      return [
        `Open the calendar in Mangomint at ${change.when}, in the column of ${columnOf(change.staff)}.`,
        `Click that time to make a new appointment, and choose the client ${change.client}.`,
        `Add the service ${change.service} with ${columnOf(change.staff)}, and check that it begins at ${change.when}.`,
        ...(change.note === undefined ? [] : [`Write this note into the appointment: ${change.note}`]),
        quiet,
        'Save the appointment.',
      ]
    case 'reschedule':
      return [
        `Open the calendar in Mangomint at ${change.from} and find the appointment of ${change.client} (${change.service}).`,
        `Move it to ${change.to} in the column of ${columnOf(change.staff)}: drag it there, or open it and change its time.`,
        quiet,
        'Save the change.',
      ]
    case 'cancel':
      return [
        `Open the calendar in Mangomint at ${change.when} and open the appointment of ${change.client} (${change.service}).`,
        `Cancel it (do not delete it: then nobody is told). It was cancelled by ${change.cancelledBy === 'client' ? 'the client' : 'the salon'}.`,
        quiet,
        'Save the change.',
      ]
    case 'setStatus': // below, so that every path returns
  }
  return [
    `Open the calendar in Mangomint at ${change.when} and open the appointment of ${change.client} (${change.service}).`,
    `Set its status to ${statuses[change.to]} and save it.`,
  ]
}
