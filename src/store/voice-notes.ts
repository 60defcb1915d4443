import { addMinutes, type Instant } from '../salon/time.ts'
import { appendAudit } from './audit.ts'
import { receive } from './inbox.ts'
import type { Db, Store, Trx } from './open-store.ts'

/** What somebody spoke to the desk, as words that wait for them. `asked` is what they sent in the end. */
export type VoiceNote = {
  /** The request that brought it. */
  id: string
  personId: string
  /** The inbox whose worker answers what is asked. */
  source: string
  conversationId: string
  /** Where the answer goes, in the channel's own terms. */
  place: unknown
  /** What was written with it; empty where nothing was. */
  typed: string
  heard: string
  heardBy: 'desk' | 'slack'
  asked?: string | undefined
}

/** How the inbox holds what somebody asked by voice: the note has the words, sealed. */
export type AskedByVoice = { at: Instant; voiceNote: string }

/** The words are for whoever spoke to look at, not to be kept: what was asked stays in its conversation. */
const keepDays = 7

/** Keeps a note, sealed, once per request, with its row in the log; answers whether it is new. */
export async function keepVoiceNote(trx: Trx, { seal, note, now }: { seal: Store['seal']; note: VoiceNote; now: Instant }): Promise<boolean> {
  const { id, personId, source, conversationId, place, typed, heard, heardBy } = note
  const row = await trx.insertInto('voice_notes')
    .values({ id, person_id: personId, source, conversation_id: conversationId, place: JSON.stringify(place), typed: seal.seal(typed), heard: seal.seal(heard), asked: null, heard_by: heardBy, at: now, asked_at: null })
    .onConflict((conflict) => conflict.column('id').doNothing()).returning('id').executeTakeFirst()
  if (row !== undefined) await appendAudit(trx, { at: now, actor: personId, action: 'voice_note.heard', subject: `voice_note:${id}`, detail: { by: heardBy } })
  return row !== undefined
}

/** Opens a note; undefined for one that never was or is forgotten. */
export async function readVoiceNote({ db, seal }: Pick<Store, 'db' | 'seal'>, id: string): Promise<VoiceNote | undefined> {
  const row = await db.selectFrom('voice_notes').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) return undefined
  const { person_id: personId, source, conversation_id: conversationId, place, typed, heard, asked, heard_by: heardBy } = row
  return { id, personId, source, conversationId, place, typed: seal.open(typed), heard: seal.open(heard), heardBy, asked: asked === null ? undefined : seal.open(asked) }
}

/** Hands these words to the worker of the note's inbox, in the order of its conversation; once, whoever asks how often. Answers whether it was this time. */
export async function askVoiceNote(trx: Trx, { seal, note, words, now }: { seal: Store['seal']; note: VoiceNote; words: string; now: Instant }): Promise<boolean> {
  const { id, personId, source, conversationId, typed, heard } = note
  const row = await trx.updateTable('voice_notes').set({ asked: seal.seal(words), asked_at: now }).where('id', '=', id).where('asked_at', 'is', null).returning('id').executeTakeFirst()
  if (row === undefined) return false
  await appendAudit(trx, { at: now, actor: personId, action: 'voice_note.asked', subject: `voice_note:${id}`, detail: { corrected: words !== wordsOfNote({ typed, heard }) } })
  await receive(trx, { source, externalId: `voice_note:${id}`, lane: conversationId, payload: { at: now, voiceNote: id } satisfies AskedByVoice })
  return true
}

/** What is asked where nothing is corrected: what was written with the note, then what was heard. */
export function wordsOfNote({ typed, heard }: Pick<VoiceNote, 'typed' | 'heard'>): string {
  return [typed, heard].filter((part) => part !== '').join('\n')
}

/** Lets go of notes after a week, asked or not. */
export async function forgetVoiceNotes(db: Db, { now }: { now: Instant }): Promise<{ numDeletedRows: bigint }> {
  return db.deleteFrom('voice_notes').where('at', '<', addMinutes(now, -keepDays * 24 * 60)).executeTakeFirstOrThrow()
}
