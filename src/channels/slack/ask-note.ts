import { z } from 'zod'
import { type AskedByVoice, readVoiceNote } from '../../store/voice-notes.ts'
import { answerTurn } from './conversation.ts'
import { NotePlace } from './hear-note.ts'
import { line } from './line.ts'
import { postAnswer } from './post-answer.ts'
import type { SlackRoom } from './slack-room.ts'

const Asked = z.object({ at: z.string(), voiceNote: z.string() }) satisfies z.ZodType<AskedByVoice>

/** The id of the note that was asked, when that is what lies in the inbox. */
export function askedNote(payload: unknown): string | undefined {
  return Asked.safeParse(payload).data?.voiceNote
}

/** What somebody spoke, and then sent, as the message of theirs that it is: their role now, the same conversation, in its thread. */
export async function askNote(room: SlackRoom, { key, id }: { key: string; id: string }): Promise<void> {
  const note = await readVoiceNote(room.store, id)
  if (note?.asked === undefined) return
  const { channel, threadTs, userId, teamId, locationId } = NotePlace.parse(note.place)
  const known = await room.roles.whoIs(userId)
  if (known.kind !== 'person') return postAnswer({ room, key, channel, threadTs, view: line(known.why) })
  await answerTurn({ room, key, channel, threadTs, person: known.person, recipient: { userId, teamId }, conversationId: note.conversationId, text: note.asked, locationId })
}

/** After the last try. */
export async function giveUpNote(room: SlackRoom, { key, id, words }: { key: string; id: string; words: string }): Promise<void> {
  const note = await readVoiceNote(room.store, id)
  if (note === undefined) return
  const { channel, threadTs } = NotePlace.parse(note.place)
  await postAnswer({ room, key, channel, threadTs, view: line(words) })
}
