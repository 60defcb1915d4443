import { z } from 'zod'
import type { Person } from '../../approvals/roles.ts'
import { errorFields } from '../../logger.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Instant } from '../../salon/time.ts'
import { keepVoiceNote, readVoiceNote, type VoiceNote, wordsOfNote } from '../../store/voice-notes.ts'
import { longestAsked } from '../cards/press-voice-note.ts'
import { findRecording, type Recording } from './find-recording.ts'
import { inboxSources } from './intake.ts'
import { line } from './line.ts'
import { postAnswer } from './post-answer.ts'
import { wantPost } from './posts.ts'
import type { SlackRoom } from './slack-room.ts'

/** Where a note's answer goes in Slack. */
export const NotePlace = z.object({ channel: z.string(), threadTs: z.string(), userId: z.string(), teamId: z.string(), locationId: z.string().optional() })
type NotePlace = z.infer<typeof NotePlace>

/** How long Slack may take over its own words before a recording that only it can hear is given up. */
const patienceMs = 20_000

/**
 * Listens to what somebody spoke and shows them the words: nothing is asked before they press. What cannot be heard is said
 * in the thread. The sound is gone when this returns; the words are kept sealed. Worked twice, it is one card.
 */
export async function hearNote(room: SlackRoom, { key, at, person, place, conversationId, typed, recordings }: {
  /** The inbox row's key. */
  key: string
  at: Instant
  person: Person
  place: NotePlace
  conversationId: string
  typed: string
  /** The sounds of the message; the first is listened to. */
  recordings: string[]
}): Promise<void> {
  if (await readVoiceNote(room.store, key) !== undefined) return
  const { channel, threadTs } = place
  // Slack takes it away by itself when the answer is there.
  await room.ask('assistant.threads.setStatus', { channel_id: channel, thread_ts: threadTs, status: 'is listening …' }, { channel })
  const sorry = (text: string) => postAnswer({ room, key, channel, threadTs, view: line(typed === '' ? text : `${text} What you wrote with it I have left alone, too: send it again by itself.`) })
  try {
    if (recordings.length > 1) return await sorry('I can listen to one recording at a time. Send them one by one.')
    const { text, heardBy } = await listen(room, { at, id: recordings[0] ?? '' })
    if (text === '') return await sorry('I understood nothing in this recording. Speak closer to the microphone, or type.')
    if (wordsOfNote({ typed, heard: text }).length > longestAsked) return await sorry(`That was more than I can take at once: at most ${longestAsked} characters. Say it in two parts.`)
    const note: VoiceNote = { id: key, personId: person.id, source: inboxSources.talk, conversationId, place, typed, heard: text, heardBy }
    const now = room.clock.now()
    await room.store.transaction(async (trx) => {
      if (await keepVoiceNote(trx, { seal: room.store.seal, note, now })) await wantPost(trx, { key: `voice_note:${key}`, channel, threadTs, lane: 'talk', subject: `voice_note:${key}`, now })
    })
    room.logger.info({ request: key, by: heardBy }, 'a voice note was heard')
  } catch (error) {
    // What may go better in a moment is tried again from the inbox.
    if (!(error instanceof DeskError) || error.code === 'unavailable') throw error
    room.logger.warn({ request: key, ...errorFields(error) }, 'a voice note could not be heard')
    await sorry(error.userMessage)
  }
}

async function listen(room: SlackRoom, { at, id }: { at: Instant; id: string }): Promise<{ text: string; heardBy: VoiceNote['heardBy'] }> {
  const { hear } = room
  if (hear === undefined) throw new DeskError('unsupported', { message: 'no speech model here', userMessage: 'This desk cannot listen. Type instead.' })
  const recording = await findRecording(room, id)
  const sound = await room.download(recording.url)
  try {
    return { text: tidy((await hear(sound)).text), heardBy: 'desk' }
  } catch (error) {
    if (!(error instanceof DeskError) || error.code !== 'invalid_input') throw error
    const text = wordsOfSlack(recording)
    if (text !== undefined) return { text, heardBy: 'slack' }
    const waited = Date.parse(room.clock.now()) - Date.parse(at)
    if (recording.transcription?.status === 'processing' && waited < patienceMs) throw new DeskError('unavailable', { message: 'Slack is still writing a voice note down', cause: error })
    throw error
  }
}

/** What Slack itself wrote down; its preview may be only the beginning, and half a sentence is none. */
function wordsOfSlack({ transcription }: Recording): string | undefined {
  const { content = '', has_more: hasMore } = transcription?.preview ?? {}
  const text = tidy(content)
  return transcription?.status === 'complete' && hasMore !== true && text !== '' ? text : undefined
}

const tidy = (text: string): string => text.replace(/\s+/g, ' ').trim()
