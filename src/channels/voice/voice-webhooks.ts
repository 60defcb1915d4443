import type { VoiceSettings } from '../../config.ts'
import { errorFields, type Logger } from '../../logger.ts'
import type { Heard, Phone, TurnAnswer } from '../../phone/phone.ts'
import { isFromTwilio, readForm } from '../sms/verify-signature.ts'
import { thanksTwiml } from './fallback-twiml.ts'
import { CallForm, callerOf, isOver } from './forms.ts'
import { canRing, goOn, goOnAlone } from './go-on.ts'
import { greetingOf } from './greeting.ts'
import { readHandoff } from './handoff.ts'
import { stallMs } from './relay-turn.ts'
import { rememberAnswers } from './remember-answers.ts'
import { type Scheduler, within } from './scheduler.ts'
import { addRelay, newTwiml } from './twiml.ts'

/** A request as it came: the body untouched and the address as received, for the signature is over both. Header names in lower case. */
export type VoiceRequest = { kind: 'inbound' | 'after' | 'gather' | 'desk' | 'message' | 'done' | 'status'; url: string; rawBody: string; headers: Record<string, string | undefined> }
export type VoiceResponse = { status: number; body?: string; headers?: Record<string, string> }

type Parts = {
  phone: Pick<Phone, 'begin' | 'turn' | 'rang' | 'broke' | 'ended'>
  settings: VoiceSettings
  authTokens: readonly string[]
  publicUrl: string
  scheduler: Scheduler
  logger: Logger
  /** What a call's TwiML carries and its socket must bring back. */
  proofOf: (callId: string) => string
  /** Names that are worth knowing to whoever listens, separated by commas. */
  hints: () => Promise<string>
  record: (callId: string, what: 'start' | 'drop') => void
  onRefused: () => void
}

/** ConversationRelay could not reach our socket: it will not in this call, and there is a way without it. */
const noSocket = '64102'

/** A turn that stalls holds up whatever else is asked about its call; the caller has waited enough, in ms. */
const brokeMs = 2_500

/** Nothing more to do. */
const silence = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

/**
 * Answers Twilio's requests about calls: signature first, over the public address (a bare 403 otherwise), then what to do next.
 * Twilio is always told something: where the salon's side fails or takes more than eight seconds, the desk is rung or a
 * message taken. The same request again is answered the same.
 */
export function openWebhooks({ phone, settings, authTokens, publicUrl, scheduler, logger, proofOf, hints, record, onRefused }: Parts): (request: VoiceRequest) => Promise<VoiceResponse> {
  const once = rememberAnswers<string>(scheduler)

  /** Undefined where the salon's side did not answer; then the call goes on without it. */
  const ask = async (callId: string, what: string, asked: Promise<TurnAnswer>, ms = stallMs): Promise<TurnAnswer | undefined> => {
    const came = await within(asked, { ms, scheduler })
    if (came.state === 'done') {
      if (came.value.recording !== undefined) record(callId, came.value.recording)
      return came.value
    }
    logger.error({ ...(came.state === 'failed' ? errorFields(came.error) : { code: 'late' }), call: callId, what }, 'a call was not answered by the desk; a person or a message takes over')
    return undefined
  }
  const tell = (callId: string, what: string, told: Promise<unknown>): Promise<unknown> => within(told.catch((error: unknown) => logger.warn({ ...errorFields(error), call: callId, what }, 'the end of a call was not kept')), { ms: stallMs, scheduler })
  const way = async () => ({ settings, publicUrl, hints: await hints() })

  /** The desk was not reached (or there is none to ring): a message is taken. */
  const takeMessage = async (callId: string, said: TurnAnswer['pieces'] = []): Promise<string> => {
    const answer = await ask(callId, 'rang', phone.rang({ callId, answered: false }))
    return answer === undefined ? goOnAlone(await way(), { hasRung: true }) : goOn({ ...answer, pieces: [...said, ...answer.pieces] }, { ...await way(), turn: 1, isMessage: true })
  }
  const follow = async (callId: string, answer: TurnAnswer, turn: number): Promise<string> => {
    const on = await way()
    return answer.next.kind === 'hand_over' && !canRing(on) ? takeMessage(callId, answer.pieces) : goOn(answer, { ...on, turn })
  }
  const begin = (form: CallForm, via: 'relay' | 'gather') => ask(form.CallSid, 'begin', phone.begin({ callId: form.CallSid, via, ...callerOf(form) }))

  const inbound = async (form: CallForm): Promise<string> => {
    const answer = await begin(form, settings.mode)
    if (answer === undefined) return goOnAlone(await way())
    if (settings.mode === 'gather' || answer.next.kind !== 'listen') return follow(form.CallSid, answer, 1)
    const twiml = newTwiml()
    addRelay(twiml, { greeting: greetingOf(answer), listens: answer.next.language, proof: proofOf(form.CallSid), publicUrl, hints: await hints() })
    return twiml.toString()
  }

  const after = async (form: CallForm): Promise<string> => {
    const callId = form.CallSid
    const handoff = readHandoff(form.HandoffData, callId)
    if (isOver(form) || handoff?.why === 'hang_up') {
      await tell(callId, 'ended', phone.ended({ callId, why: handoff?.why === 'hang_up' ? 'desk' : 'caller' }))
      return goOn({ pieces: [], next: { kind: 'hang_up', language: 'en' } }, { ...await way(), turn: 1 })
    }
    if (handoff !== undefined && handoff.why !== 'broke') return follow(callId, { pieces: [], next: { kind: 'hand_over', why: handoff.why, language: 'en' } }, 1)
    const code = handoff?.code ?? (/^\d{5}$/.test(form.ErrorCode ?? '') ? form.ErrorCode : undefined) ?? 'closed'
    logger.error({ call: callId, code }, 'a call over ConversationRelay broke')
    const begun = handoff === undefined && code === noSocket ? await begin(form, 'gather') : undefined
    if (begun !== undefined) return follow(callId, begun, 1)
    const answer = await ask(callId, 'broke', phone.broke({ callId, code }), brokeMs)
    return answer === undefined ? goOnAlone(await way(), { isTold: handoff?.told === true }) : follow(callId, { ...answer, pieces: handoff?.told === true ? [] : answer.pieces }, 1)
  }

  const gather = async (form: CallForm, turn: number): Promise<string> => {
    const callId = form.CallSid
    if (isOver(form)) {
      await tell(callId, 'ended', phone.ended({ callId, why: 'caller' }))
      return silence
    }
    const answer = await ask(callId, `gather-${turn}`, phone.turn({ callId, turnId: `gather-${turn}`, heard: heardIn(form) }))
    return answer === undefined ? goOnAlone(await way()) : follow(callId, answer, turn + 1)
  }

  const desk = async (form: CallForm): Promise<string> => {
    const callId = form.CallSid
    const isAnswered = form.DialCallStatus === 'completed' || form.DialCallStatus === 'answered'
    if (isAnswered) await ask(callId, 'rang', phone.rang({ callId, answered: true }))
    if (!isAnswered && !isOver(form)) return takeMessage(callId)
    await tell(callId, 'ended', phone.ended({ callId, why: isAnswered ? 'desk' : 'caller' }))
    return goOn({ pieces: [], next: { kind: 'hang_up', language: 'en' } }, { ...await way(), turn: 1 })
  }

  const message = async (form: CallForm, turn: number): Promise<string> => {
    const callId = form.CallSid
    const heard = heardIn(form)
    // Whoever has said it may hang up before we have thanked them.
    const answer = isOver(form) && heard.kind === 'silence' ? undefined : await ask(callId, `message-${turn}`, phone.turn({ callId, turnId: `message-${turn}`, heard }))
    if (isOver(form)) {
      await tell(callId, 'ended', phone.ended({ callId, why: 'caller' }))
      return silence
    }
    return answer === undefined ? goOnAlone(await way(), { hasRung: true }) : goOn(answer, { ...await way(), turn: turn + 1, isMessage: true })
  }

  return async ({ kind, url, rawBody, headers }) => {
    if (!isFromTwilio({ authTokens, signature: headers['x-twilio-signature'], publicUrl: publicUrl + url, rawBody })) {
      onRefused()
      return { status: 403 }
    }
    const read = CallForm.safeParse(readForm(rawBody))
    if (!read.success) {
      logger.warn({ fields: read.error.issues.map(({ path }) => path.join('.')) }, 'a webhook of Twilio that is no call')
      return { status: 400 }
    }
    const form = read.data
    const callId = form.CallSid
    if (kind === 'status') {
      if (isOver(form)) await tell(callId, 'ended', phone.ended({ callId, why: form.CallStatus === 'completed' ? 'caller' : 'lost' }))
      return { status: 204 }
    }
    const turn = turnIn(url)
    const answers = { inbound: () => inbound(form), after: () => after(form), gather: () => gather(form, turn), desk: () => desk(form), message: () => message(form, turn), done: async () => thanksTwiml() }
    const question = JSON.stringify([kind, url, callId, form.CallStatus, form.HandoffData, form.ErrorCode, form.DialCallStatus])
    return { status: 200, body: await once(question, answers[kind]), headers: { 'content-type': 'text/xml; charset=utf-8' } }
  }
}

function heardIn({ Digits, SpeechResult = '' }: CallForm): Heard {
  if (Digits !== undefined) return { kind: 'keys', keys: Digits }
  return SpeechResult.trim() === '' ? { kind: 'silence' } : { kind: 'words', words: SpeechResult }
}

/** Which turn an address asks for; it was written by us and is under the signature. */
function turnIn(url: string): number {
  const turn = new URLSearchParams(url.split('?')[1] ?? '').get('turn') ?? ''
  return /^\d{1,4}$/.test(turn) ? Number(turn) : 1
}
