import { isPaused } from '../../approvals/rollout.ts'
import { addMinutes } from '../../salon/time.ts'
import { readConsent, writeConsent } from '../consent/consent.ts'
import { salonName } from '../words/compose-text.ts'
import { queueText, threadOf } from '../sending/queue-text.ts'
import { questionsFor } from './questions.ts'
import type { Say } from '../messages.ts'
import type { Settled, Settling } from './reply-room.ts'
import { answerReply } from './answer-reply.ts'
import { end, handOver } from './settle-reply.ts'

/** A confirmation of an opt-out within five minutes is presumed covered by the consent there was (47 CFR 64.1200(a)(12)). */
const confirmWithinMin = 5

/**
 * Silence first, whatever else is down; then one confirmation, unless the text service has sent one, and a person where
 * something may be left to talk about: words that may have meant the visit, or a visit that was just asked about.
 * "Take me off the waitlist" is done, too, where a machine may act in this thread (`mayAct`).
 */
export async function stop(settling: Settling, { mayAct }: { mayAct: () => Promise<boolean> }): Promise<Settled> {
  const { room: { store, platform, templates, isConnected }, reply, sender: { phoneHash, isStranger }, cameWith: { answeredItself } } = settling
  const { sure, refuses = 'all', language } = reply.reading
  if (phoneHash === undefined) return end(settling, { did: 'opted_out', needsPerson: true, action: 'client.opted_out', detail: { sure, why: 'no_number' } })
  const [salon, record, connected] = await Promise.all([salonName({ platform, locationId: null }).catch(() => 'the salon'), isStranger ? undefined : platform.client({ id: reply.clientId }), isConnected().catch(() => false)])
  const recordSaysNo = record?.ok === true && record.value.consent.sms === 'out'
  const source = answeredItself === 'stop' ? 'service' : sure ? 'keyword' : 'words'
  const left = refuses === 'waitlist' && sure && (await mayAct()) ? await leave(settling) : undefined
  const says = left?.say === undefined ? [] : [left.say]
  return end(settling, { did: left?.did ?? 'opted_out', needsPerson: left === undefined && (!sure || refuses !== 'all'), action: 'client.opted_out', detail: { sure, refuses, source }, says }, async (trx, now) => {
    const { changed } = await writeConsent(trx, { seal: store.seal, phoneHash, purpose: refuses, state: 'out', source, words: reply.words, by: `client:${reply.clientId}`, at: now, subject: threadOf(reply.clientId) })
    if (refuses === 'all' && changed && answeredItself !== 'stop' && connected && !recordSaysNo) {
      await queueText(trx, { seal: store.seal, now, queued: { key: `stop:${reply.id}`, text: { clientId: reply.clientId, locationId: null, template: 'opted-out', body: templates.fill('opted-out', { salon }, language) }, purpose: 'consent', confirmsStop: true, before: addMinutes(reply.at, confirmWithinMin) } })
    }
    // They were asked about a visit that is still ahead, answered or not: somebody should call.
    const asked = await trx.selectFrom('pending_questions').select('id').where('phone_hash', '=', phoneHash).where('expires_at', '>', now).executeTakeFirst()
    return { needsPerson: left === undefined && asked !== undefined }
  })
}

/** Whoever keeps the list takes them off it; undefined where nothing came of that. */
async function leave({ room: { store, talks }, reply }: Settling): Promise<{ did: 'left'; say?: Say } | undefined> {
  const handler = talks.find((each) => each.claims?.(reply) === true)
  if (handler === undefined || (await isPaused(store.db))) return undefined
  const came = await handler.take({ reply, key: `reply:${reply.id}:${handler.name}` })
  return came?.did === 'left' ? { did: 'left', ...(came.say === undefined ? {} : { say: came.say }) } : undefined
}

/** START undoes a STOP; what the platform's record says is not ours to undo. */
export async function start(settling: Settling): Promise<Settled> {
  const { room: { store, platform, templates, isConnected }, reply, sender: { phoneHash, isStranger }, cameWith: { answeredItself } } = settling
  if (phoneHash === undefined) return handOver(settling, { why: 'no_number' })
  const record = isStranger ? undefined : await platform.client({ id: reply.clientId })
  if (record?.ok === true && record.value.consent.sms === 'out') return handOver(settling, { why: 'record_says_no_texts' })
  const [salon, connected] = await Promise.all([salonName({ platform, locationId: null }).catch(() => 'the salon'), isConnected().catch(() => false)])
  return end(settling, { did: 'opted_in', needsPerson: false, action: 'client.opted_in' }, async (trx, now) => {
    await writeConsent(trx, { seal: store.seal, phoneHash, purpose: 'all', state: 'in', source: answeredItself === 'start' ? 'service' : 'keyword', words: reply.words, by: `client:${reply.clientId}`, at: now, subject: threadOf(reply.clientId) })
    if (connected && answeredItself !== 'start') await queueText(trx, { seal: store.seal, now, queued: { key: `start:${reply.id}`, text: { clientId: reply.clientId, locationId: null, template: 'opted-in', body: templates.fill('opted-in', { salon }, reply.reading.language) }, purpose: 'consent' } })
  })
}

/**
 * YES is an opt-in keyword of some services: from a number that had said STOP, and with nothing asked, it reopens what the
 * service has reopened and confirms nothing (TWI-6). While something is asked, it is an answer and the number stays silent.
 */
export async function yesToService(settling: Settling): Promise<Settled> {
  const { room: { store }, reply, sender: { phoneHash } } = settling
  const asked = phoneHash === undefined ? [] : await questionsFor(store.db, { phoneHash, reply })
  const isOut = phoneHash !== undefined && (await readConsent(store.db, { phoneHash, purpose: 'appointment' })) === 'out'
  return isOut && asked.length === 0 ? start(settling) : answerReply(settling)
}

/** Somebody else has this number, or says so: it gets nothing more, and hears nothing of the client's, until staff have looked. */
export async function wrongPerson(settling: Settling): Promise<Settled> {
  const { room: { store }, reply, sender: { phoneHash } } = settling
  return end(settling, { did: 'handed_over', needsPerson: true, action: 'text.needs_person', detail: { why: 'wrong_person' } }, async (trx, now) => {
    if (phoneHash !== undefined) await writeConsent(trx, { seal: store.seal, phoneHash, purpose: 'all', state: 'out', source: 'wrong_person', words: reply.words, by: `client:${reply.clientId}`, at: now, subject: threadOf(reply.clientId) })
  })
}

/** Who we are and how to reach us; also to a number that is on nobody's record, never to one that said STOP. */
export async function help(settling: Settling): Promise<Settled> {
  const { room: { store, platform, templates, isConnected }, reply, sender: { phoneHash }, cameWith: { answeredItself } } = settling
  if (answeredItself === 'help') return end(settling, { did: 'helped', needsPerson: false, action: 'text.helped', detail: { by: 'service' } })
  if (phoneHash === undefined) return handOver(settling, { why: 'no_number' })
  if ((await readConsent(store.db, { phoneHash, purpose: 'appointment' })) === 'out') return handOver(settling, { why: 'opted_out' })
  if (!(await isConnected())) return handOver(settling, { why: 'not_connected' })
  const salon = await salonName({ platform, locationId: null })
  const catalog = await platform.catalog()
  const phone = catalog.ok ? catalog.value.locations.find((location) => location.phone !== undefined)?.phone : undefined
  const body = templates.fill('help', { salon, call: { call: phone ?? '' } }, reply.reading.language)
  return end(settling, { did: 'helped', needsPerson: false, action: 'text.helped' }, (trx, now) => queueText(trx, { seal: store.seal, now, queued: { key: `help:${reply.id}`, text: { clientId: reply.clientId, locationId: null, template: 'help', body }, purpose: 'consent' } }))
}
