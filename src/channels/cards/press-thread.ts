import { z } from 'zod'
import type { ReadAs } from '../../messages/messages.ts'
import { DeskError } from '../../salon/errors.ts'
import { sayWhen } from '../../salon/time.ts'
import type { Press, PressAnswer } from './card.ts'
import { type CardRoom, type PressHandler, said } from './card-room.ts'
import { sayReceived } from './say-reply.ts'
import { threadFacts } from './thread-facts.ts'
import { waitingReply } from './thread-view.ts'
import { trustedRef } from './trust-token.ts'

/** The buttons of a client's texts that need no words: how a reply is read, who has the thread, whether there are texts at all. */
export const threadPresses: Record<string, PressHandler> = {
  /** Only as far as the card showed: what came in since still waits. */
  async seen_to(press, room) {
    const [clientId = '', upTo = ''] = await trustedRef({ press, room })
    await room.messages.lookedAfter({ clientId, by: press.person, upTo: Number(upTo) })
    const { client, texts } = await room.messages.thread(clientId)
    const more = texts.some(({ needsPerson }) => needsPerson)
    return said(more ? `Noted. ${client.name} has written again since: that still waits.` : `${client.name}'s texts are seen to.`, { subjects: shows(clientId) })
  },

  'read_as:yes': (press, room) => readAs({ press, room, as: 'yes' }),
  'read_as:no': (press, room) => readAs({ press, room, as: 'no' }),
  'read_as:change': (press, room) => readAs({ press, room, as: 'change' }),
  'read_as:cancel': cancel,

  async take_over(press, room) {
    const [clientId = ''] = await trustedRef({ press, room })
    await room.messages.takeOver({ clientId, by: press.person })
    const { client } = await room.messages.thread(clientId)
    return said(`You have taken ${client.name} over: the desk says nothing to them until it is handed back. A STOP still counts.`, { subjects: shows(clientId) })
  },

  async hand_back(press, room) {
    const [clientId = ''] = await trustedRef({ press, room })
    await room.messages.handBack({ clientId, by: press.person })
    const thread = await room.messages.thread(clientId)
    return said(`Handed back: the desk answers ${thread.client.name} again where it is sure.${waitingReply(thread) === undefined ? '' : ' What they wrote meanwhile still waits for a person.'}`, { subjects: shows(clientId) })
  },

  'consent:in': (press, room) => setConsent({ press, room, state: 'in' }),
  'consent:out': (press, room) => setConsent({ press, room, state: 'out' }),
}

/** What looks different when a thread changes. */
export const shows = (clientId: string): string[] => [`thread:${clientId}`, 'texts', 'home']

async function readAs({ press, room, as }: { press: Press; room: CardRoom; as: ReadAs }): Promise<PressAnswer> {
  const [clientId = '', textId = ''] = await trustedRef({ press, room })
  const { did } = await room.messages.readAs({ textId: Number(textId), as, by: press.person })
  const thread = await room.messages.thread(clientId)
  const { text, good } = sayReceived({ name: thread.client.name, did, stillWaits: waitingReply(thread) !== undefined })
  return said(text, { good, subjects: shows(clientId) })
}

const Which = z.object({ visit: z.string().min(1).max(200) })

/** Nothing is cancelled by a reading: it prepares the change, and that one is decided on its own card. */
async function cancel(press: Press, room: CardRoom): Promise<PressAnswer> {
  const [clientId = '', textId = ''] = await trustedRef({ press, room })
  const thread = await room.messages.thread(clientId)
  const reply = thread.texts.find(({ id }) => id === Number(textId))
  if (reply?.needsPerson !== true) throw new DeskError('conflict', { message: 'reply does not wait', userMessage: 'Somebody has seen to this text already.' })
  const { ahead, catalog, questions } = await threadFacts({ room, clientId, reply })
  const asked = ahead.find(({ id }) => questions.some(({ subject }) => subject === `appointment:${id}`))
  const chosen = Which.safeParse(press.values).data?.visit
  const visit = ahead.find(({ id }) => id === chosen) ?? (chosen !== undefined ? undefined : asked ?? (ahead.length === 1 ? ahead[0] : undefined))
  if (visit === undefined) {
    if (ahead.length === 0) throw new DeskError('stale', { message: 'no visit ahead', userMessage: `${thread.client.name} has no visit ahead that could be cancelled.` })
    const zones = new Map(catalog.locations.map(({ id, zone }) => [id, zone]))
    const options = ahead.map((one) => ({ value: one.id, label: sayWhen(one.start, zones.get(one.locationId) ?? 'UTC', room.clock.now()) }))
    return { kind: 'form', form: { action: press.action, token: press.token, title: 'Which visit?', submit: 'Prepare it', intro: [{ kind: 'words', label: 'The client wrote', text: reply.body }], fields: [{ name: 'visit', kind: 'choice', label: 'They want to cancel', options }] } }
  }
  const proposal = await room.approvals.propose({ kind: 'cancel', args: { appointmentId: visit.id, cancelledBy: 'client' }, reason: `By the client's text: ${reply.body.slice(0, 200)}`, requestedBy: press.person.id, conversation: `thread:${clientId}` })
  await room.messages.readAs({ textId: reply.id, as: 'cancel', by: press.person })
  return said(proposal.state === 'pending' ? `Prepared as ${proposal.id}: ${proposal.facts.title}. Nothing is cancelled until somebody approves it.` : `${proposal.id} is only recorded: the desk is in shadow mode for cancelling.`, { subjects: [...shows(clientId), `proposal:${proposal.id}`] })
}

const Reason = z.object({ reason: z.string().trim().min(3, 'Say in a few words what the client said: it is kept as proof.').max(300, 'At most 300 characters, please.') })

/** A number gets texts again, or none, by what the client said to a person. A STOP by keyword is the client's own to take back. */
async function setConsent({ press, room, state }: { press: Press; room: CardRoom; state: 'in' | 'out' }): Promise<PressAnswer> {
  const [clientId = ''] = await trustedRef({ press, room })
  const { client } = await room.messages.thread(clientId)
  const parsed = Reason.safeParse(press.values)
  if (press.values === undefined) {
    return { kind: 'form', form: {
      action: press.action, token: press.token, title: state === 'in' ? 'Allow texts again' : 'No more texts', submit: state === 'in' ? 'Allow texts' : 'Stop texts',
      intro: [{ kind: 'text', text: client.name }, { kind: 'small', text: state === 'in' ? 'Only when the client said so. Your reason is kept with your name.' : 'From now on no text goes to their number, whoever it belongs to.' }],
      fields: [{ name: 'reason', kind: 'text', lines: 'many', max: 300, label: 'What did the client say, and where?', hint: 'For example: “On the phone today: please text me again”' }],
    } }
  }
  if (!parsed.success) return { kind: 'wrong', errors: { reason: parsed.error.issues[0]?.message ?? 'Say why, please.' } }
  await room.messages.setConsent({ clientId, state, reason: parsed.data.reason, by: press.person })
  return said(state === 'in' ? `Noted. ${client.name} gets texts again.` : `Noted. ${client.name} gets no more texts.`, { subjects: shows(clientId) })
}
