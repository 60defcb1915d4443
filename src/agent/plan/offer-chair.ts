import type { Plan, Room, Task } from './plan.ts'
import { proposed } from './change.ts'
import { whichAppointment } from './which-appointment.ts'
import { whichClient } from './which-client.ts'
import { whichLocation, whichStaff } from './which-service.ts'

/** "Elena's gap", "the slot Elena left": the person named had the time, and somebody else is to get it. */
const leavers = /(?:['’]s|s['’])\s+(?:[\w:]+\s+){0,3}?(?:gap|slot|spot|time|place|opening|chair|appointment|cancellation)\b|\b(?:left|leaves|cancelled|canceled|freed)\b/i
/** What is to be done, and not only looked at. */
const doing = /^\W*(?:(?:please|can|could|would|will|you|we|let'?s|now|ok|okay|and|then|just|go|ahead)\W+)*(?:fill|offer|text|message|ask|start|send|give)\b/i

/** Whether a request about the waitlist wants a time offered to whoever waits, and not to somebody who is named. */
export function wantsOffers({ said, slots: { client, otherClient } }: Task): boolean {
  return doing.test(said) && otherClient === undefined && (client === undefined || leavers.test(said))
}

/** Offers a time to everybody who waits for one: the time somebody left, the one that was said, or the only one there is. */
export function* offerChair(task: Task, room: Room): Plan {
  const { client, date, time, refersBack } = task.slots
  if (client !== undefined || task.chosen.client !== undefined || (refersBack === true && room.focus.client !== undefined)) {
    const leaver = yield* whichClient(task, room)
    const { appointmentId } = yield* whichAppointment(task, room, { client: leaver, when: task.slots, fallenOut: true })
    return yield* proposed(room, 'propose_waitlist_offers', { appointmentId, reason: task.said })
  }
  const from = time?.from ?? time?.at ?? (time?.kind === 'ambiguous_meridiem' ? time.options?.[1] : undefined)
  const staff = yield* whichStaff(task, room)
  const locationId = yield* whichLocation(task, room)
  return yield* proposed(room, 'propose_waitlist_offers', { ...(from === undefined ? {} : { date: date?.from ?? room.today, from }), staffId: staff?.id, locationId, reason: task.said })
}
