import { type PressHandler, said } from './card-room.ts'
import { phoneOf } from './phone-view.ts'
import { trustedRef } from './trust-token.ts'

/** What looks different when a call has been seen to. */
const shows = (callId: string): string[] => [`phone:${callId}`, 'phone', 'home']

/** The button of a call that waits for a person; everybody with a role at the desk may press it. */
export const phonePresses: Record<string, PressHandler> = {
  async 'phone:seen'(press, room) {
    const [callId = ''] = await trustedRef({ press, room })
    const phone = await phoneOf(room)
    const { needsPerson } = await phone.story(callId)
    if (!needsPerson) return said('Somebody has seen to this call already.', { subjects: shows(callId) })
    await phone.seenTo({ callId, by: press.person.id })
    return said('Noted: this call is seen to.', { subjects: shows(callId) })
  },
}
