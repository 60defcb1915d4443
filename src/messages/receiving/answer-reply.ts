import { isPaused, readRollout } from '../../approvals/rollout.ts'
import type { ReplyIntent, ReplyReading } from '../../replies/reading.ts'
import { appendAudit } from '../../store/audit.ts'
import { commitLightly } from '../../store/light-commit.ts'
import type { Answered, QuestionHandler, TalkHandler } from '../messages.ts'
import { isOpenTalk, meantQuestion, type Pending, takeQuestion } from './questions.ts'
import type { Settled, Settling } from './reply-room.ts'
import { end, handOver } from './settle-reply.ts'

/** What answers a question and nothing else: without a question they mean nothing. */
const answers: ReadonlySet<ReplyIntent> = new Set(['yes', 'no', 'choice'])

/**
 * Does what a reply asks, where that is beyond doubt: the words are sure, exactly one question is open for the number (or
 * none is needed), nothing else waits in the thread. NO closes the question and goes to a person: NO never cancels.
 */
export async function answerReply(settling: Settling): Promise<Settled> {
  const { room: { store, questions }, reply, sender: { phoneHash } } = settling
  const { intent, sure } = reply.reading
  if (phoneHash === undefined) return handOver(settling, { why: 'no_number' })
  const { question, why } = await meantQuestion(store.db, { clientId: reply.clientId, phoneHash, reply })
  // Past something that waits for a person, or beside several questions, a machine would answer the wrong thing.
  if (why === 'open_talk' || why === 'several_questions' || why === 'other_client') return handOver(settling, { why })
  const handler = question === undefined ? undefined : questions.get(question.handler)
  // A plain YES with a request beside it is a YES first; what is beside it comes to its handler after that.
  const isAnswerFirst = sure && intent === 'yes' && question !== undefined && reply.reading.questions.length > 0
  if (!isAnswerFirst && claimant(settling) !== undefined) {
    if (await isOpenTalk(store.db, { clientId: reply.clientId, before: reply.id })) return handOver(settling, { why: 'open_talk' })
    return talk(settling, { why: why ?? whyUnsure(settling), ...(question === undefined ? {} : { question }) })
  }
  if (sure && question !== undefined && handler?.takes.includes(intent) === true) return answerQuestion(settling, { question, handler, phoneHash })
  if (sure && question !== undefined && intent === 'no') return closeQuestion(settling, { phoneHash, why: 'said_no' })
  if (answers.has(intent) && sure && question !== undefined) return handOver(settling, { why: 'more_than_an_answer' })
  // On the phone a question can be answered although a text of theirs still waits: they are here now.
  const isAskedAloud = settling.aloud !== undefined && intent === 'question'
  if (!isAskedAloud && (await isOpenTalk(store.db, { clientId: reply.clientId, before: reply.id }))) return handOver(settling, { why: 'open_talk' })
  // "Wait, no" answers nothing that is open, and may still mean what was just answered.
  if (answers.has(intent) && question === undefined) return talk(settling, { why: why ?? 'more_than_an_answer' })
  if (asksNothing(reply.reading) && (intent === 'thanks' || question === undefined)) return end(settling, { did: 'noted', needsPerson: false, action: 'text.noted' })
  return talk(settling, { why: whyUnsure(settling), ...(question === undefined ? {} : { question }) })
}

/** Thanks, or a tap on one of our texts, and not a word more. */
function asksNothing({ intent, parts, questions }: ReplyReading): boolean {
  return (intent === 'thanks' || intent === 'reaction') && questions.length === 0 && parts.every((part) => part.intent === intent)
}

/** The handler of the one question takes it; what was asked besides a YES is answered, or goes to a person, too. */
export async function answerQuestion(settling: Settling, { question, handler, phoneHash }: { question: Pending; handler: QuestionHandler; phoneHash: string }): Promise<Settled> {
  const { room: { store, clock }, reply, isReadByPerson } = settling
  const { intent, questions: asked } = reply.reading
  if (await isPaused(store.db)) return handOver(settling, { why: 'paused' })
  if (!isReadByPerson) {
    // Whoever waits on the line does not wait for the disk: what the answer does brings this there, too.
    const taken = await store.transaction(async (trx) => takeQuestion(settling.aloud === undefined ? trx : await commitLightly(trx), { clientId: reply.clientId, phoneHash, reply, answer: intent, now: clock.now() }))
    if (taken.question === undefined) return handOver(settling, { why: taken.why })
  }
  if (question.locationId !== null && (await readRollout(store.db, { kind: handler.kind, locationId: question.locationId })).mode === 'shadow') return handOver(settling, { why: 'shadow' })
  const came = await handler.answer({ question, reply, key: `question:${question.id}:${reply.id}` })
  if (came.did === 'handed_over') return handOver(settling, { why: came.why, says: sayOf(came), detail: { question: question.id } })
  const more = asked.length === 0 || isReadByPerson ? undefined : await besides(settling, question)
  const rest = more?.did === 'handed_over' ? { why: more.why } : {}
  return end(settling, { did: came.did, needsPerson: more?.did === 'handed_over', action: 'text.answered', detail: { question: question.id, ...rest }, says: [...sayOf(came), ...(more === undefined ? [] : sayOf(more))] }, async (trx, now) => {
    if (came.did === 'confirmed') await appendAudit(trx, { at: now, actor: `client:${reply.clientId}`, action: 'client.confirmed_by_text', subject: question.subject, detail: { handler: handler.name, question: question.id, textId: reply.id } })
  })
}

/** The questions that came with an answer, which is dealt with. Nobody who can answer them: a person. */
async function besides({ room, reply }: Settling, question: Pending): Promise<Answered> {
  const asking = { ...reply, reading: { ...reply.reading, intent: 'question' as const, sure: true, parts: reply.reading.parts.filter(({ intent }) => intent !== reply.reading.intent) } }
  for (const handler of room.talks.filter(({ takes }) => takes.includes('question'))) {
    const came = await handler.take({ reply: asking, question, key: `reply:${reply.id}:${handler.name}` })
    if (came !== undefined) return came
  }
  return { did: 'handed_over', why: 'question' }
}

/** What needs no question, or leaves it open: each handler in turn, else a person. */
export async function talk(settling: Settling, { why, question }: { why: string; question?: Pending }): Promise<Settled> {
  const { room: { store, talks }, reply } = settling
  const claims = claimant(settling)
  const handlers = [...(claims === undefined ? [] : [claims]), ...talks.filter((each) => each !== claims && each.takes.includes(reply.reading.intent))]
  if (handlers.length > 0 && (await isPaused(store.db))) return handOver(settling, { why: 'paused' })
  for (const handler of handlers) {
    const came = await handler.take({ reply, ...(question === undefined ? {} : { question }), key: `reply:${reply.id}:${handler.name}` })
    if (came === undefined) continue
    if (came.did === 'handed_over') return handOver(settling, { why: came.why, says: sayOf(came), detail: { handler: handler.name } })
    return end(settling, { did: came.did, needsPerson: false, action: 'text.answered', detail: { handler: handler.name }, says: sayOf(came) })
  }
  return handOver(settling, { why })
}

/** Who alone can be meant by the words, if anybody. */
function claimant({ room: { talks }, reply }: Settling): TalkHandler | undefined {
  return talks.find((each) => each.claims?.(reply) === true)
}

async function closeQuestion(settling: Settling, { phoneHash, why }: { phoneHash: string; why: string }): Promise<Settled> {
  const { room: { store, clock }, reply } = settling
  const taken = await store.transaction((trx) => takeQuestion(trx, { clientId: reply.clientId, phoneHash, reply, answer: reply.reading.intent, now: clock.now() }))
  return handOver(settling, { why: taken.why ?? why })
}

function sayOf({ say }: Answered) {
  return say === undefined ? [] : [say]
}

/** Why a person gets it, by what it seems to say. */
function whyUnsure({ reply: { reading: { intent, sure } } }: Settling): string {
  const own: Partial<Record<typeof intent, string>> = { cancel: 'cancel_wish', late: 'running_late', wrong_person: 'wrong_person', human: 'wants_a_person', health: 'health', complaint: 'complaint', thanks: 'small_talk', reaction: 'reaction', change: 'another_time', question: 'question' }
  return own[intent] ?? (sure ? 'more_than_an_answer' : 'unsure')
}
