import { z } from 'zod'
import { refusal } from '../../platforms/unwrap.ts'
import type { ReplyReading } from '../../replies/reading.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import { answerReply } from './answer-reply.ts'
import { findSender, type Sender, senderOf } from './find-sender.ts'
import { hidesWords } from '../words/hides-words.ts'
import type { InboundText, Received } from '../messages.ts'
import { help, start, stop, wrongPerson, yesToService } from './opt-reply.ts'
import { threadOf } from '../sending/queue-text.ts'
import { questionsFor } from './questions.ts'
import type { CameWith, ReplyRoom, Settled, Settling } from './reply-room.ts'
import { handOver, readSettled, textedFrom } from './settle-reply.ts'
import { takenBy } from './take-over.ts'

const plain = z.string().min(1).max(200).regex(/^[^\0]+$/)
// Ten joined SMS are the most that networks pass on.
const Reply = z.object({ clientId: plain, body: z.string().max(1_600), externalId: plain })
/** What a service hands over is kept whatever its length: nothing a client wrote is lost. NUL is what PostgreSQL cannot hold. */
const Inbound = z.object({ from: z.string().regex(/^\+[1-9]\d{2,14}$/), body: z.string().transform((body) => body.replaceAll('\0', '').slice(0, 20_000)), externalId: plain, at: z.iso.datetime().optional(), media: z.number().int().min(0).default(0), optOutType: z.enum(['STOP', 'START', 'HELP']).optional() })

/** Stores a reply of a client whose record is known, once, and does what it asks, if that is beyond doubt; otherwise a person gets it. */
export async function receiveReply(room: ReplyRoom, given: { clientId: string; body: string; externalId: string }): Promise<Received> {
  const parsed = Reply.safeParse(given)
  if (!parsed.success) throw new DeskError('invalid_input', { message: 'bad reply', userMessage: 'That text cannot be taken: it needs a client, and at most 1,600 characters.' })
  const { clientId, body, externalId } = parsed.data
  const known = await room.platform.client({ id: clientId })
  if (!known.ok && known.error.kind === 'not_found') throw refusal(known.error)
  const stored = await storeReply(room, { clientId, phoneHash: null, body, externalId })
  if (stored.settled !== undefined) return { isNew: stored.isNew, ...stored.settled }
  const client = known.ok ? known : await room.platform.client({ id: clientId })
  if (!client.ok) throw refusal(client.error)
  return { isNew: stored.isNew, ...(await settle({ room, stored, sender: await senderOf({ ...room, client: client.value }), cameWith: { media: 0, answeredItself: undefined } })) }
}

/** The same for a text as a text service hands it over, from whichever number. */
export async function receiveFrom(room: ReplyRoom, given: InboundText): Promise<Received> {
  const parsed = Inbound.safeParse(given)
  if (!parsed.success) throw new DeskError('invalid_input', { message: 'bad inbound text', userMessage: 'That text cannot be taken: it needs the number it is from and its own id.' })
  const { from, body, externalId, at, media, optOutType } = parsed.data
  const sender = await findSender({ ...room, phone: from })
  const { clientId, phoneHash = null } = sender
  const stored = await storeReply(room, { clientId, phoneHash, body, externalId, ...(at === undefined ? {} : { at }) })
  if (stored.settled !== undefined) return { isNew: stored.isNew, ...stored.settled }
  if (sender.isStranger) await keepNumber(room, { clientId, phone: from, phoneHash })
  // A text stays in the thread it was first put in.
  return { isNew: stored.isNew, ...(await settle({ room, stored, sender: { ...sender, clientId: stored.clientId }, cameWith: { media, answeredItself: room.transport?.answersItself?.({ body, optOutType }) } })) }
}

type Stored = { id: number; at: Instant; clientId: string; words: string; isNew: boolean; settled: Settled | undefined }

async function storeReply({ store, clock }: ReplyRoom, { clientId, phoneHash, body, externalId, at }: { clientId: string; phoneHash: string | null; body: string; externalId: string; at?: Instant }): Promise<Stored> {
  const { reply, isNew } = await store.transaction(async (trx) => {
    const now = clock.now()
    // A person's, until the desk has dealt with it: nothing a client wrote is lost to a crash.
    const stored = await trx.insertInto('texts').values({
      key: `in:${externalId}`, client_id: clientId, location_id: null, direction: 'in', body: store.seal.seal(body), template: null, appointment_id: null, proposal_id: null, phone_hash: phoneHash,
      segments: 0, state: 'received', error_code: null, reading: null, did: null, needs_person: true, at: at ?? now, received_at: await store.now(trx),
    }).onConflict((conflict) => conflict.column('key').doNothing()).returning(['id', 'at', 'body', 'client_id']).executeTakeFirst()
    if (stored !== undefined) {
      await appendAudit(trx, { at: now, actor: `client:${clientId}`, action: 'text.received', subject: threadOf(clientId), detail: { textId: stored.id } })
      return { reply: stored, isNew: true }
    }
    const reply = await trx.selectFrom('texts').select(['id', 'at', 'body', 'client_id']).where('key', '=', `in:${externalId}`).executeTakeFirstOrThrow()
    if (phoneHash === null && reply.client_id !== clientId) throw new DeskError('conflict', { message: 'one external id, two clients', userMessage: 'This text was already received from somebody else.' })
    return { reply, isNew: false }
  })
  // As it was stored: the same id with other words is still the first one.
  return { id: reply.id, at: reply.at, clientId: reply.client_id, words: store.seal.open(reply.body), isNew, settled: isNew ? undefined : await readSettled(store.db, reply.id) }
}

/** A number that is on nobody's record is kept sealed, so that it can be answered. */
async function keepNumber({ store }: ReplyRoom, { clientId, phone, phoneHash }: { clientId: string; phone: string; phoneHash: string | null }): Promise<void> {
  await store.db.insertInto('threads').values({ client_id: clientId, phone: store.seal.seal(phone), phone_hash: phoneHash, taken_by: null, taken_at: null }).onConflict((conflict) => conflict.column('client_id').doNothing()).execute()
}

async function settle({ room, stored, sender, cameWith }: { room: ReplyRoom; stored: Stored; sender: Sender; cameWith: CameWith }): Promise<Settled> {
  const { id, at, clientId, words } = stored
  const reading = await readWords({ room, stored, sender })
  const settling: Settling = { room, reply: { id, at, clientId, words, reading }, sender, cameWith, by: `client:${clientId}`, isReadByPerson: false }
  // What the service has done by itself counts, however the words read.
  const { answeredItself } = cameWith
  if (answeredItself === 'stop' || reading.intent === 'stop') return stop(settling, { mayAct: async () => (await whyNotAlone(settling)) === undefined })
  if (reading.intent === 'start') return start(settling)
  if (reading.intent === 'help') return help(settling)
  if (reading.intent === 'wrong_person' && !sender.isStranger) return wrongPerson(settling)
  const why = await whyNotAlone(settling)
  if (why !== undefined) return handOver(settling, { why })
  return reading.intent === 'yes' && answeredItself === 'start' ? yesToService(settling) : answerReply(settling)
}

/** Why nothing in this thread is settled without a person. */
async function whyNotAlone({ room: { store }, reply, sender, cameWith }: Settling): Promise<string | undefined> {
  if (sender.phoneHash === undefined) return 'no_number'
  if (sender.isStranger) return 'unknown_number'
  if (sender.others.length > 0) return 'shared_number'
  if ((await takenBy(store.db, reply.clientId)) !== undefined) return 'taken_over'
  if (cameWith.media > 0) return 'picture'
  return hidesWords(reply.words) ? 'hidden_words' : undefined
}

/** Reads the words beside what was asked, in the hours and zone of the location that asked. */
async function readWords({ room: { store, clock, platform, reader, questions }, stored: { id, at, clientId, words }, sender: { phoneHash, language } }: { room: ReplyRoom; stored: Stored; sender: Sender }): Promise<ReplyReading> {
  const open = phoneHash === undefined ? [] : await questionsFor(store.db, { phoneHash, reply: { id, at } })
  const [question] = open.length === 1 ? open : []
  const catalog = await platform.catalog()
  const locationId = question?.locationId ?? (await textedFrom(store.db, clientId))
  const location = catalog.ok ? catalog.value.locations.find((each) => each.id === locationId) ?? catalog.value.locations[0] : undefined
  const handler = question === undefined ? undefined : questions.get(question.handler)
  return reader.read({
    text: words, now: clock.now(), zone: location?.zone ?? 'UTC', asked: question === undefined || handler === undefined ? { kind: 'nothing' } : handler.asked(question),
    ...(location === undefined ? {} : { hours: location.hours }), ...(language === undefined ? {} : { language }),
  })
}
