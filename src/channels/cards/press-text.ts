import { z } from 'zod'
import { isPaused } from '../../approvals/rollout.ts'
import { mostWords, textKind } from '../../messages/sending/text-action.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Press, PressAnswer } from './card.ts'
import { type CardRoom, type PressHandler, said } from './card-room.ts'
import { shows } from './press-thread.ts'
import { sayDecision } from './say-decision.ts'
import { saySegments } from './say-segments.ts'
import { tellingOf } from './telling.ts'
import { trustedRef } from './trust-token.ts'

/** Longer texts, and those with something to look at, are read once more on a card before they go. */
const mostAtOnce = 2

const Written = z.object({ body: z.string().trim().min(1, 'Write something.').max(mostWords, `At most ${mostWords} characters, please.`) })

/** The button that writes to a client. */
export const textPresses: Record<string, PressHandler> = {
  /**
   * The form holds exactly the words that go out and says to whom, so sending it is the approval of them: the same stored
   * proposal, decided by whoever pressed. Where there is more to see than the words, it waits on its card instead.
   */
  async write(press, room) {
    const [clientId = '', answers] = await trustedRef({ press, room })
    const { client, texts, optedOut } = await room.messages.thread(clientId)
    if (optedOut) throw new DeskError('not_allowed', { message: 'client opted out', userMessage: `${client.name} asked for no more texts. Please call instead.` })
    const parsed = Written.safeParse(press.values)
    if (press.values === undefined) {
      const asked = texts.find(({ id }) => id === Number(answers))
      return { kind: 'form', form: {
        action: press.action, token: press.token, title: `Write to ${client.name}`, submit: 'Send',
        intro: [
          ...(asked === undefined ? [] : [{ kind: 'words' as const, label: 'The client wrote', text: asked.body }]),
          { kind: 'small', text: `These exact words go to ${client.name} as a text when you press Send. Up to 160 plain letters are ${saySegments(1)}; emoji and rare accents hold less than half of that.` },
        ],
        fields: [{ name: 'body', kind: 'text', lines: 'many', max: mostWords, label: 'The words', hint: 'Best within 320 characters, and with the salon\'s name if it is your first text to them.', isSms: true }],
      } }
    }
    if (!parsed.success) return { kind: 'wrong', errors: { body: parsed.error.issues[0]?.message ?? 'Write something.' } }
    try {
      return await send({ press, room, clientId, body: parsed.data.body, answers })
    } catch (error) {
      // What does not fit can be put right while the form is open.
      if (error instanceof DeskError && error.detail?.['field'] === 'body') return { kind: 'wrong', errors: { body: error.userMessage } }
      throw error
    }
  },
}

async function send({ press: { person }, room, clientId, body, answers }: { press: Press; room: CardRoom; clientId: string; body: string; answers: string | undefined }): Promise<PressAnswer> {
  const { approvals, store } = room
  const proposal = await approvals.propose({ kind: textKind, args: { clientId, body, ...(answers === undefined ? {} : { answers: Number(answers) }) }, reason: '', requestedBy: person.id, conversation: `thread:${clientId}` })
  const { id, state, facts: { message, notices }, hash } = proposal
  const subjects = [...shows(clientId), `proposal:${id}`]
  if (state === 'shadow') return said('Only recorded, not sent: the desk is in shadow mode for texts to clients.', { good: false, subjects })
  // Another person, or the desk by itself, may have been first.
  if (state !== 'pending') return said('The text is on its way.', { subjects })
  const segments = message?.kind === 'text' ? message.segments : 0
  if (notices.length > 0 || segments > mostAtOnce) return said(`Prepared as ${id}, and not sent yet: ${notices[0] ?? `it takes ${saySegments(segments)}.`} Read it on its card, then send it.`, { subjects })
  const decision = await approvals.decide({ id, decision: 'approve', by: person, hash })
  const { text, good } = sayDecision({ decision, by: person, telling: await tellingOf({ room, proposal: decision.proposal }), paused: await isPaused(store.db) })
  return said(text, { good, subjects })
}
