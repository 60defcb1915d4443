import { DeskError } from '../../salon/errors.ts'
import { readVoiceNote, type VoiceNote } from '../../store/voice-notes.ts'
import type { Part, View } from './card.ts'
import type { CardRoom } from './card-room.ts'
import { wholeParts } from './fit-parts.ts'

/** What looks different when a note was asked. */
export const showsNote = (id: string): string[] => [`voice_note:${id}`]

/** A note that is there. Throws `DeskError('not_found')` for one that is forgotten. */
export async function noteOf({ store }: Pick<CardRoom, 'store'>, id: string): Promise<VoiceNote> {
  const note = await readVoiceNote(store, id)
  if (note === undefined) throw new DeskError('not_found', { message: 'no such voice note', userMessage: 'I no longer have the words of this recording: I keep them for seven days. Record it again, or type it.' })
  return note
}

/** What was heard in a recording, whole, for whoever spoke to send or correct; once it was asked, what was asked. Throws `DeskError('not_found')`. */
export async function voiceNoteView({ room, id }: { room: CardRoom; id: string }): Promise<View> {
  const { asked, typed, heard, heardBy } = await noteOf(room, id)
  const [subject = ''] = showsNote(id)
  if (asked !== undefined) {
    return { subject, summary: `Asked: ${asked.slice(0, 150)}`, cards: [{ subject, title: 'Your recording', tone: 'done', parts: wholeParts([{ kind: 'words', label: 'You asked', text: asked }]), buttons: [] }] }
  }
  const button = (action: string) => ({ action, token: room.tokens.make({ action, ref: [id] }) })
  const parts: Part[] = [
    ...(typed === '' ? [] : [{ kind: 'words' as const, label: 'You wrote', text: typed }]),
    { kind: 'words', label: 'I heard', text: heard },
    { kind: 'small', text: `${heardBy === 'slack' ? 'Slack wrote this down, not I: I cannot hear this kind of recording here. ' : ''}Nothing happens until you press. Look at names and times: they are easily misheard.` },
  ]
  return {
    subject, summary: `I heard: ${heard.slice(0, 150)}`,
    cards: [{ subject, title: 'Your recording', tone: 'waiting', parts: wholeParts(parts), buttons: [
      { ...button('voice_note:ask'), label: 'Ask this', style: 'primary' },
      { ...button('voice_note:correct'), label: 'Correct…', opensForm: true },
    ] }],
  }
}
