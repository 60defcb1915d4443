import type { Person } from '../../approvals/roles.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import type { ReplyIntent, ReplyReading } from '../../replies/reading.ts'
import { DeskError } from '../../salon/errors.ts'
import { answerQuestion, talk } from './answer-reply.ts'
import { isStranger, type Sender, senderOf } from './find-sender.ts'
import type { ReadAs, Received } from '../messages.ts'
import { markAnswered, questionsFor } from './questions.ts'
import type { ReplyRoom, Settling } from './reply-room.ts'
import { end } from './settle-reply.ts'
import { readStored } from './stored-reading.ts'

/** What each one-tap reading is as an intent. */
const intentOf: Record<ReadAs, ReplyIntent> = { yes: 'yes', no: 'no', change: 'change', cancel: 'cancel', nothing: 'thanks' }

/**
 * A person says how a reply that waits is to be read; what follows is what would have followed had the desk been sure.
 * A YES still needs the one question it answers. Throws `DeskError` in words when that is not there, or nothing waits.
 */
export async function readAs(room: ReplyRoom, { textId, as, by }: { textId: number; as: ReadAs; by: Person }): Promise<Received> {
  const settling = await loadWaiting(room, { textId, as, by })
  const { store, clock } = room
  const { reply, sender: { phoneHash } } = settling
  const open = phoneHash === undefined ? [] : await questionsFor(store.db, { phoneHash, reply })
  if (as === 'yes') {
    const [question] = open
    if (question === undefined) throw new DeskError('expired', { message: 'no question for this reply', userMessage: 'There is no open question that a YES could answer: it expired, or something newer took its place. Please look at the book and change it there.' })
    if (open.length > 1) throw new DeskError('ambiguous', { message: 'several questions for this reply', userMessage: 'Several questions are open for this number, so a YES could mean any of them. Please confirm the right visit in the chat or the book.' })
    const handler = room.questions.get(question.handler)
    if (handler === undefined || !handler.takes.includes('yes')) throw new DeskError('unsupported', { message: 'the question takes no yes', userMessage: 'A YES does not answer what was asked last. Please write to the client.' })
    await store.transaction((trx) => markAnswered(trx, { id: question.id, answer: 'yes', by: reply.id, now: clock.now() }))
    const asTheirs = { ...settling, reply: { ...reply, clientId: question.clientId } }
    return { isNew: false, ...(await answerQuestion(asTheirs, { question, handler, phoneHash: phoneHash as string })) }
  }
  if (as === 'change') return { isNew: false, ...(await talk(settling, { why: 'another_time', ...(open.length === 1 && open[0] !== undefined ? { question: open[0] } : {}) })) }
  return {
    isNew: false,
    ...(await end(settling, { did: as === 'no' ? 'declined' : 'noted', needsPerson: false, action: 'text.read_as', detail: { as } }, async (trx, now) => {
      // What was asked is answered: a YES after it would be a new thing.
      if (as === 'no' || as === 'cancel') for (const { id } of open) await markAnswered(trx, { id, answer: as, by: reply.id, now })
    })),
  }
}

async function loadWaiting(room: ReplyRoom, { textId, as, by }: { textId: number; as: ReadAs; by: Person }): Promise<Settling> {
  const { store, platform } = room
  const row = await store.db.selectFrom('texts').selectAll().where('id', '=', textId).where('direction', '=', 'in').executeTakeFirst()
  if (row === undefined) throw new DeskError('not_found', { message: 'no such reply', userMessage: 'That text is not there (any more).' })
  if (!row.needs_person) throw new DeskError('conflict', { message: 'reply does not wait', userMessage: 'Somebody has seen to this text already.' })
  const words = store.seal.open(row.body)
  const reading: ReplyReading = { ...readStored(row.read, store.seal), intent: intentOf[as], confidence: 1, sure: true, by: by.id }
  const sender: Sender = isStranger(row.client_id)
    ? { clientId: row.client_id, phone: undefined, phoneHash: row.phone_hash ?? undefined, others: [], isStranger: true, language: undefined }
    : await senderOf({ store, platform, client: unwrap(await platform.client({ id: row.client_id })) })
  return { room, reply: { id: row.id, at: row.at, clientId: row.client_id, words, reading }, sender, cameWith: { media: 0, answeredItself: undefined }, by: by.id, isReadByPerson: true }
}
