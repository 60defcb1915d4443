import { type PressHandler, said } from './card-room.ts'
import { trustedRef } from './trust-token.ts'

/** The button of a client's texts. */
export const threadPresses: Record<string, PressHandler> = {
  /** Only as far as the card showed: what came in since still waits. */
  async seen_to(press, room) {
    const [clientId = '', upTo = ''] = await trustedRef({ press, room })
    await room.messages.lookedAfter({ clientId, by: press.person, upTo: Number(upTo) })
    const { client, texts } = await room.messages.thread(clientId)
    const more = texts.some(({ needsPerson }) => needsPerson)
    return said(more ? `Noted. ${client.name} has written again since: that still waits.` : `${client.name}'s texts are seen to.`, { subjects: [`thread:${clientId}`, 'home'] })
  },
}
