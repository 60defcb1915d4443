import { type CallLine, leftToAPerson } from '../../phone/phone.ts'
import type { CallReason } from '../../store/tables/phone.ts'
import { sayWhy } from './say-reply.ts'

/** Why a call wants a person, for staff. */
const whys: Record<CallReason, string> = {
  asked: 'they asked for a person',
  emergency: 'it sounds like an emergency',
  health: 'it is about health: the desk says nothing about that',
  angry: 'they are angry',
  confused: 'the desk could not understand them',
  complaint: 'they complain',
  cannot: 'the desk could not do what they want',
  not_verified: 'they could not prove who they are',
  silent: 'nothing was heard from them',
  broke: 'the call broke on our side',
  message: 'they left a message',
  missed: 'the call came while the desk could not answer',
  child: 'it may be a child',
  rules: 'the salon\'s rules leave it to a person',
}

export function sayWhyCalled(why: CallReason): string {
  return whys[why]
}

/** What must be seen before anything else, and how its card begins; undefined where nothing is urgent. */
export function sayUrgentCall(why: CallReason | undefined): { title: string; words: string } | undefined {
  if (why === 'emergency') return { title: 'Emergency', words: 'This sounds like an emergency. The caller was told to call 911; call back now if nobody has spoken to them.' }
  if (why === 'health') return { title: 'Health', words: 'Something about health. Please call back soon, and let somebody who knows answer: the desk gave no advice.' }
  if (why === 'angry') return { title: 'Upset', words: 'The caller is upset. The desk promised nothing; please read what they said before you call.' }
  return undefined
}

/** Who called, for a list or a title. Whose number it is proves nothing, and it is said so. */
export function sayCaller({ client, likely }: Pick<CallLine, 'client' | 'likely'>): string {
  if (client !== undefined) return client.name
  return likely === undefined ? 'somebody unknown' : `perhaps ${likely.name} (not proven)`
}

/** The same with how it is known. */
export function sayWhoCalled({ client, likely }: Pick<CallLine, 'client' | 'likely'>): string {
  if (client !== undefined) return `${client.name}, proven by a code texted to the number on file`
  return likely === undefined ? 'not known: not proven, and the number is on nobody\'s record or hidden' : `not proven; by the number's looks ${likely.name}`
}

/** What a call came to, when the phone itself says nothing about it. */
export function sayCameTo({ outcome, endedAt, quality: { turns } }: Pick<CallLine, 'outcome' | 'endedAt' | 'quality'>): string {
  if (outcome.startsWith(leftToAPerson)) return sayWhy(outcome.slice(leftToAPerson.length)).replace(/\.$/, '')
  if (outcome !== '') return outcome
  if (endedAt === undefined) return 'still talking'
  return turns < 2 ? 'hung up after the first words' : 'nothing was left to do'
}

/** "7 turns, our first word after 240 ms (at most 900 ms), cut in 2 times, handed over once". */
export function sayQuality({ turns, interruptions, handOvers, firstWordMs }: CallLine['quality']): string {
  return [
    turns === 1 ? '1 turn' : `${turns} turns`,
    firstWordMs === undefined ? 'our first word was not timed' : `our first word after ${sayMs(firstWordMs.p50)} (at most ${sayMs(firstWordMs.most)})`,
    interruptions === 0 ? 'never cut in' : `cut in ${times(interruptions)}`,
    handOvers === 0 ? 'not handed over' : `handed over ${times(handOvers)}`,
  ].join(', ')
}

export function sayMs(ms: number): string {
  return `${Math.round(ms).toLocaleString('en-US')} ms`
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}
