import { z } from 'zod'
import { DeskError } from '../../salon/errors.ts'
import { appendAudit } from '../../store/audit.ts'
import { namesOf } from '../../store/people.ts'
import { askVoiceNote, type VoiceNote, wordsOfNote } from '../../store/voice-notes.ts'
import type { Press, PressAnswer } from './card.ts'
import { type CardRoom, type PressHandler, said } from './card-room.ts'
import { trustedRef } from './trust-token.ts'
import { noteOf, showsNote } from './voice-note-view.ts'

/** As many characters as the desk takes in one line. */
export const longestAsked = 2_000

const Corrected = z.object({ words: z.string().trim().min(1, 'Write what you want to ask.').max(longestAsked, `At most ${longestAsked} characters, please.`) })

/** What somebody spoke is asked only once they have seen it, and by nobody else. */
export const voiceNotePresses: Record<string, PressHandler> = {
  async 'voice_note:ask'(press, room) {
    const note = await ownNote(press, room)
    return ask({ room, note, words: wordsOfNote(note) })
  },

  async 'voice_note:correct'(press, room) {
    const note = await ownNote(press, room)
    if (press.values === undefined) {
      if (note.asked !== undefined) return askedBefore(note)
      return { kind: 'form', form: {
        action: press.action, token: press.token, title: 'What you said', submit: 'Ask', intro: [],
        fields: [{ name: 'words', kind: 'text', lines: 'many', max: longestAsked, label: 'Correct what I misheard', value: wordsOfNote(note) }],
      } }
    }
    const parsed = Corrected.safeParse(press.values)
    if (!parsed.success) return { kind: 'wrong', errors: { words: parsed.error.issues[0]?.message ?? 'Write what you want to ask.' } }
    return ask({ room, note, words: parsed.data.words })
  },
}

async function ask({ room: { store, clock }, note, words }: { room: CardRoom; note: VoiceNote; words: string }): Promise<PressAnswer> {
  const isNew = await store.transaction((trx) => askVoiceNote(trx, { seal: store.seal, note, words, now: clock.now() }))
  return isNew ? said('Asked. The answer comes here in a moment.', { subjects: showsNote(note.id) }) : askedBefore(note)
}

function askedBefore({ id }: VoiceNote): PressAnswer {
  return said('This was asked before; nothing was asked again.', { good: false, subjects: showsNote(id) })
}

/** The note that a button is about, for whoever spoke it. Throws `DeskError('not_allowed')` with an audit row for anybody else. */
async function ownNote(press: Press, room: CardRoom): Promise<VoiceNote> {
  const [id = ''] = await trustedRef({ press, room })
  const note = await noteOf(room, id)
  const { action, person } = press
  if (note.personId === person.id) return note
  await room.store.transaction((trx) => appendAudit(trx, { at: room.clock.now(), actor: person.id, action: 'card.refused', subject: `voice_note:${id}`, detail: { action, role: person.role, why: 'person' } }))
  const name = (await namesOf(room.store.db, [note.personId])).get(note.personId)
  throw new DeskError('not_allowed', { message: 'somebody else\'s voice note', userMessage: `Only ${name}, who spoke, can send this. Ask me yourself, in your own words.` })
}
