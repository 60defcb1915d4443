import { unwrap } from '../../platforms/unwrap.ts'
import type { ReplyReading } from '../../replies/reading.ts'
import type { Instant } from '../../salon/time.ts'
import { commitLightly } from '../../store/light-commit.ts'
import { hidesWords } from '../words/hides-words.ts'
import type { Aloud, OpenQuestion, Say, Spoken } from '../messages.ts'
import { answerReply } from './answer-reply.ts'
import { senderOf } from './find-sender.ts'
import { stop } from './opt-reply.ts'
import { questionsFor } from './questions.ts'
import type { ReplyRoom, Settling, SpeakingAloud } from './reply-room.ts'
import { handOver, readSettled } from './settle-reply.ts'
import { takenBy } from './take-over.ts'
import { takeBackAloud, writeAloud } from './write-aloud.ts'

type Words = { clientId: string; words: string; externalId: string; reading: ReplyReading; render: (say: Say) => string }

/** Takes words said on the phone by this client the way a text of theirs is taken; once per `externalId`. Throws `DeskError` while the platform does not answer. */
export async function receiveSpoken(room: ReplyRoom, { clientId, words, externalId, reading, render }: Words): Promise<Spoken> {
  const sender = await senderOf({ ...room, client: unwrap(await room.platform.client({ id: clientId })) })
  const { id, at } = await keepWords(room, { clientId, phoneHash: sender.phoneHash ?? null, words, externalId })
  const aloud: SpeakingAloud = { render, said: [], why: undefined }
  const settling: Settling = { room, reply: { id, at, clientId, words, reading }, sender, cameWith: { media: 0, answeredItself: undefined }, by: `client:${clientId}`, isReadByPerson: false, aloud }
  const before = await readSettled(room.store.db, id)
  if (before !== undefined) return { did: before.did, textId: id, says: [] }
  const why = await whyPerson(settling)
  const { did } = reading.intent === 'stop' ? await stop(settling, { mayAct: async () => why === undefined }) : why === undefined ? await answerReply(settling) : await handOver(settling, { why })
  return { did, textId: id, says: aloud.said, ...(aloud.why === undefined ? {} : { why: aloud.why }) }
}

async function whyPerson({ room: { store }, reply, sender }: Settling): Promise<string | undefined> {
  if (sender.phoneHash === undefined) return 'no_number'
  if (sender.others.length > 0) return 'shared_number'
  if ((await takenBy(store.db, reply.clientId)) !== undefined) return 'taken_over'
  return hidesWords(reply.words) ? 'hidden_words' : undefined
}

async function keepWords({ store, clock }: ReplyRoom, { clientId, phoneHash, words, externalId }: { clientId: string; phoneHash: string | null; words: string; externalId: string }): Promise<{ id: number; at: Instant }> {
  return store.transaction(async (trx) => {
    // What comes of it is logged with it; until then the call's own turn has the words.
    await commitLightly(trx)
    const key = `heard:${externalId}`
    const row = await trx.insertInto('texts').values({
      key, client_id: clientId, location_id: null, direction: 'in', channel: 'voice', body: store.seal.seal(words), template: null, appointment_id: null, proposal_id: null, phone_hash: phoneHash,
      segments: 0, state: 'received', error_code: null, reading: null, did: null, needs_person: true, at: clock.now(), received_at: await store.now(trx),
    }).onConflict((conflict) => conflict.column('key').doNothing()).returning(['id', 'at']).executeTakeFirst()
    return row ?? trx.selectFrom('texts').select(['id', 'at']).where('key', '=', key).executeTakeFirstOrThrow()
  })
}

/** Something of ours, said in a call without having been asked for. */
export async function sayAloud(room: ReplyRoom, { clientId, say, key, render }: { clientId: string; say: Say; key: string; render: (say: Say) => string }): Promise<Aloud> {
  const { store, clock, platform } = room
  const { phoneHash } = await senderOf({ store, platform, client: unwrap(await platform.client({ id: clientId })) })
  return store.transaction((trx) => writeAloud(trx, { seal: store.seal, now: clock.now(), clientId, phoneHash, key: `said:${key}`, answers: null, say, render }))
}

export async function unheard({ store, clock }: ReplyRoom, { clientId, textIds }: { clientId: string; textIds: number[] }): Promise<void> {
  await store.transaction((trx) => takeBackAloud(trx, { clientId, textIds, now: clock.now() }))
}

/** What is open for the number of a client, and how an answer to it is to be read. */
export async function readOpenQuestion({ store, platform, questions }: ReplyRoom, { clientId, at }: { clientId: string; at: Instant }): Promise<OpenQuestion> {
  const [phone] = unwrap(await platform.client({ id: clientId })).phones
  const open = phone === undefined ? [] : await questionsFor(store.db, { phoneHash: store.seal.lookup(phone), reply: { id: 0, at } })
  const [question] = open.length === 1 && open[0]?.clientId === clientId ? open : []
  const handler = question === undefined ? undefined : questions.get(question.handler)
  return { several: open.length > 1, ...(question === undefined || handler === undefined ? { asked: { kind: 'nothing' } } : { asked: handler.asked(question), question }) }
}
