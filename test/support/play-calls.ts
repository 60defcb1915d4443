import type { Phone, TurnAnswer } from '../../src/phone/phone.ts'
import { unwrap } from '../../src/platforms/unwrap.ts'
import type { CallStep } from './call-format.ts'
import type { Stage } from './play-stage.ts'

/** One call of a play: what was said in it last, whose code its caller has read out, and all of it for whoever reads a failure. */
export type PlayCall = { callId: string; caller: string; from: string | undefined; turns: number; said: string; provenAs: string | undefined; script: string[] }

/** What a caller heard of one step; `isFirst`: the first words of a call. */
export type CallHeard = { call: PlayCall; answer: TurnAnswer | undefined; did: string | undefined; isFirst: boolean; wasProvenAs: string | undefined }

/** Performs one step of a call, as whatever carries calls hands it over. */
export async function performCall(step: CallStep, stage: Stage): Promise<CallHeard> {
  const phone = await stage.desk.phone()
  const isFirst = 'rings' in step && step.rings === true
  const call = isFirst ? await ring(step, stage) : callOf(step, stage)
  const wasProvenAs = call.provenAs
  const answer = await act(step, { phone, call, stage })
  if (answer !== undefined) call.said = answer.pieces.map(({ words }) => words).join(' ')
  const { caller: _caller, hears: _hears, does_not_hear: _not, ...did } = step as Record<string, unknown>
  call.script.push(`<< ${JSON.stringify(did)}`, `>> ${answer === undefined ? '' : `${call.said} [${answer.next.kind}]`}`)
  // Whoever carries the call says so when it is over.
  if (answer?.next.kind === 'hang_up') await over(call, { phone, why: 'desk' })
  const turn = await stage.store.db.selectFrom('phone_turns').select('did').where('call_id', '=', call.callId).orderBy('id', 'desc').executeTakeFirst()
  return { call, answer, did: turn?.did ?? undefined, isFirst, wasProvenAs }
}

async function act(step: CallStep, { phone, call, stage }: { phone: Phone; call: PlayCall; stage: Stage }): Promise<TurnAnswer | undefined> {
  const { callId } = call
  if ('the_desk_answers' in step) return phone.rang({ callId, answered: true })
  if ('the_desk_does_not_answer' in step) return phone.rang({ callId, answered: false })
  if ('the_line_breaks' in step) return phone.broke({ callId, code: '64105' })
  if (step.rings === true) return phone.begin({ callId, via: step.via ?? 'relay', to: '+12135550100', ...(call.from === undefined ? {} : { from: call.from }) })
  if (step.cuts_in_after !== undefined) {
    await phone.interrupted({ callId, heard: upTo(call.said, step.cuts_in_after) })
    return undefined
  }
  if (step.hangs_up === true) return over(call, { phone, why: 'caller' })
  if (step.is_cut_off === true) return over(call, { phone, why: 'lost' })
  const turnId = `turn-${++call.turns}`
  if (step.is_silent === true) return phone.turn({ callId, turnId, heard: { kind: 'silence' } })
  if (step.presses !== undefined) return phone.turn({ callId, turnId, heard: { kind: 'keys', keys: step.presses } })
  if (step.reads_the_code !== true) return phone.turn({ callId, turnId, heard: { kind: 'words', words: step.says ?? '', ...(step.language === undefined ? {} : { language: step.language }) } })
  const owner = step.of ?? call.caller
  const digits = await codeOf(owner, { stage, wrong: step.wrong === true })
  if (step.wrong !== true) call.provenAs = owner
  return phone.turn({ callId, turnId, heard: step.keyed === true ? { kind: 'keys', keys: digits } : { kind: 'words', words: digits.split('').map((digit) => (step.language === undefined ? spoken : hablado)[Number(digit)]).join(' '), ...(step.language === undefined ? {} : { language: step.language }) } })
}

const spoken = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
const hablado = ['cero', 'uno', 'dos', 'tres', 'cuatro', 'cinco', 'seis', 'siete', 'ocho', 'nueve']

async function over(call: PlayCall, { phone, why }: { phone: Phone; why: 'caller' | 'desk' | 'lost' }): Promise<undefined> {
  await phone.ended({ callId: call.callId, why })
}

async function ring(step: CallStep, stage: Stage): Promise<PlayCall> {
  if (!('caller' in step)) throw new Error('a caller rings')
  const { caller, from, hidden } = step
  const own = from ?? (hidden === true ? undefined : unwrap(await stage.platform.client({ id: caller })).phones[0])
  const call: PlayCall = { callId: `CA${String(stage.calls.length + 1).padStart(32, '0')}`, caller, from: own, turns: 0, said: '', provenAs: undefined, script: [] }
  stage.calls.push(call)
  return call
}

function callOf(step: CallStep, { calls }: Stage): PlayCall {
  const name = 'caller' in step ? step.caller : 'the_desk_answers' in step ? step.the_desk_answers : 'the_desk_does_not_answer' in step ? step.the_desk_does_not_answer : step.the_line_breaks
  const call = calls.findLast(({ caller }) => caller === name)
  if (call === undefined) throw new Error(`${name} has not called`)
  return call
}

/** The digits of the latest code on a client's phone, or six others. */
async function codeOf(client: string, { stage, wrong }: { stage: Stage; wrong: boolean }): Promise<string> {
  const number = unwrap(await stage.platform.client({ id: client })).phones[0]
  const code = stage.phones.sent.filter(({ to }) => to === number).flatMap(({ body }) => /: (\d{6}) /.exec(body)?.slice(1) ?? []).at(-1)
  if (wrong) return code === '482913' ? '482914' : '482913'
  if (code === undefined) throw new Error(`${client} has no code on their phone`)
  return code
}

/** What was said up to these words, as a caller who cuts in heard it. */
function upTo(said: string, words: string): string {
  const at = said.toLowerCase().indexOf(words.toLowerCase())
  if (at < 0) throw new Error(`"${words}" was not said: ${said}`)
  return said.slice(0, at + words.length)
}
