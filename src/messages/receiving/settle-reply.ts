import type { ClientText } from '../../approvals/action.ts'
import type { ReplyIntent } from '../../replies/reading.ts'
import type { Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Db, Trx } from '../../store/open-store.ts'
import type { Aloud, Did, Say } from '../messages.ts'
import { queueText, threadOf } from '../sending/queue-text.ts'
import type { Settled, Settling, SpeakingAloud } from './reply-room.ts'
import { writeAloud } from './write-aloud.ts'

type End = {
  did: Did
  needsPerson: boolean
  /** What the audit log calls it. */
  action: string
  detail?: Record<string, unknown>
  /** What is said to the client about it, in the same transaction. */
  says?: Say[]
}

/**
 * Ends a reply with its audit row, once; `also` happens in the same transaction. Who comes second gets what the first one
 * did. Where something should be said and cannot be (an opt-out, no connection), a person is told.
 */
export async function end(settling: Settling, { did, needsPerson, action, detail = {}, says = [] }: End, also: (trx: Trx, now: Instant) => Promise<{ needsPerson: boolean } | void> = async () => {}): Promise<Settled> {
  const { room: { store, clock, onNeedsPerson }, reply, by } = settling
  const { intent } = reply.reading
  if (settling.aloud !== undefined) return endAloud(settling, settling.aloud, { did, action, detail, says }, also)
  const texts = await composeSays(settling, says)
  return store.transaction(async (trx) => {
    const now = clock.now()
    if (!(await claimReply(trx, settling, { did, needsPerson }))) return (await readSettled(trx, reply.id)) ?? { reading: intent, did }
    const more = await also(trx, now)
    for (const [index, text] of texts.entries()) {
      if (text !== undefined) await queueText(trx, { seal: store.seal, now, queued: { key: `answer:${reply.id}${index === 0 ? '' : `:${index + 1}`}`, text, answers: { textId: reply.id, at: reply.at } } })
    }
    const waits = needsPerson || more?.needsPerson === true || texts.includes(undefined)
    if (waits && !needsPerson) await trx.updateTable('texts').set({ needs_person: true }).where('id', '=', reply.id).execute()
    if (waits) await onNeedsPerson?.(trx, { clientId: reply.clientId, textId: reply.id, locationId: await textedFrom(trx, reply.clientId) })
    await appendAudit(trx, { at: now, actor: by, action, subject: threadOf(reply.clientId), detail: { textId: reply.id, reading: intent, ...detail, ...(texts.includes(undefined) ? { unsaid: says.filter((_, index) => texts[index] === undefined).map(({ template }) => template) } : {}) } })
    return { reading: intent, did }
  })
}

/** The same for words said on the phone: what is said in answer is in the thread as said. A person is on the line, or is told by the call's own card. */
async function endAloud(settling: Settling, aloud: SpeakingAloud, { did, action, detail, says = [] }: Omit<End, 'needsPerson'>, also: (trx: Trx, now: Instant) => Promise<{ needsPerson: boolean } | void>): Promise<Settled> {
  const { room: { store, clock }, reply, sender, by } = settling
  const { intent } = reply.reading
  aloud.said = []
  return store.transaction(async (trx) => {
    const now = clock.now()
    if (!(await claimReply(trx, settling, { did, needsPerson: false }))) return (await readSettled(trx, reply.id)) ?? { reading: intent, did }
    await also(trx, now)
    const said: Aloud[] = []
    for (const [index, say] of says.entries()) said.push(await writeAloud(trx, { seal: store.seal, now, clientId: reply.clientId, phoneHash: sender.phoneHash, key: `aloud:${reply.id}:${index}`, answers: reply.id, say, render: aloud.render }))
    aloud.said = said
    await appendAudit(trx, { at: now, actor: by, action: action.replace(/^text\./, 'phone.'), subject: threadOf(reply.clientId), detail: { textId: reply.id, reading: intent, ...detail } })
    return { reading: intent, did }
  })
}

/** Leaves a reply to a person, with why. */
export function handOver(settling: Settling, { why, says = [], detail = {} }: { why: string; says?: Say[]; detail?: Record<string, unknown> }): Promise<Settled> {
  if (settling.aloud !== undefined) settling.aloud.why = why
  return end(settling, { did: 'handed_over', needsPerson: true, action: 'text.needs_person', detail: { why, ...detail }, says })
}

/** A reply that was settled turns out to need a person: what was begun with it did not come about. */
export async function handOverLater(trx: Trx, { room: { onNeedsPerson }, textId, why, now }: { room: Pick<Settling['room'], 'onNeedsPerson'>; textId: number; why: string; now: Instant }): Promise<void> {
  const reply = await trx.updateTable('texts').set({ needs_person: true }).where('id', '=', textId).where('direction', '=', 'in').returning('client_id').executeTakeFirst()
  if (reply === undefined) return
  await onNeedsPerson?.(trx, { clientId: reply.client_id, textId, locationId: await textedFrom(trx, reply.client_id) })
  await appendAudit(trx, { at: now, actor: 'desk', action: 'text.needs_person', subject: threadOf(reply.client_id), detail: { textId, why } })
}

/** A reply is settled once; a person may settle anew what was left to a person. */
async function claimReply(trx: Trx, { room: { store }, reply, isReadByPerson }: Settling, { did, needsPerson }: Pick<End, 'did' | 'needsPerson'>): Promise<boolean> {
  const row = trx.updateTable('texts').set({ reading: reply.reading.intent, read: JSON.stringify(store.seal.seal(JSON.stringify(reply.reading))), did, needs_person: needsPerson }).where('id', '=', reply.id)
  const mine = isReadByPerson ? row.where('needs_person', '=', true) : row.where('did', 'is', null)
  return (await mine.returning('id').executeTakeFirst()) !== undefined
}

/** What was done with a reply; undefined while nothing was. */
export async function readSettled(db: Db | Trx, id: number): Promise<Settled | undefined> {
  const { reading, did } = await db.selectFrom('texts').select(['reading', 'did']).where('id', '=', id).executeTakeFirstOrThrow()
  return reading === null || did === null ? undefined : { reading: reading as ReplyIntent, did: did as Did }
}

/** The words of each; undefined where the client gets none. */
async function composeSays({ room, reply }: Settling, says: Say[]): Promise<(ClientText | undefined)[]> {
  const composed = await Promise.all(says.map((say) => room.compose({ clientId: reply.clientId, ...say })))
  return composed.map((text) => (text.kind === 'text' ? text : undefined))
}

/** The location a client was last texted from. */
export async function textedFrom(db: Db | Trx, clientId: string): Promise<string | null> {
  const last = await db.selectFrom('texts').select('location_id').where('client_id', '=', clientId).where('location_id', 'is not', null).orderBy('id', 'desc').executeTakeFirst()
  return last?.location_id ?? null
}
