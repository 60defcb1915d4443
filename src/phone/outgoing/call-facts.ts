import { z } from 'zod'
import { type Answerer, answerers, type CallState, type LegEnd, legEnds } from './outgoing.ts'

const LegEndFact = z.enum(legEnds).optional()

/**
 * What is known of a call, as it lies sealed in its row. Facts are only ever added, and how the call stands follows from
 * them: reports may come twice and in any order, and lead to the same.
 */
export const CallFacts = z.object({
  date: z.string(),
  staffPhone: z.string(),
  clientPhone: z.string(),
  whisper: z.string(),
  client: z.string(),
  /** What is left on a machine; absent where nothing may be. */
  message: z.object({ words: z.string(), language: z.enum(['en', 'es']) }).optional(),
  /** Our person's side, by the carrier's name for it. */
  leg: z.string().optional(),
  inDoubt: z.literal(true).optional(),
  refused: z.string().optional(),
  answered: z.literal(true).optional(),
  key: z.literal(true).optional(),
  /** Why the client was not rung although a key was pressed. */
  stopped: z.string().optional(),
  end: LegEndFact,
  clientLeg: z.string().optional(),
  clientRang: z.literal(true).optional(),
  clientAnswered: z.literal(true).optional(),
  clientEnd: LegEndFact,
  /** How the dialling ended, as our person's side has it: also when the client's side is taken out of the talk. */
  dialEnd: LegEndFact,
  answeredBy: z.enum(answerers).optional(),
  /** The client's side was asked to be taken out, to hear the message (or, of a fax, nothing). */
  takenOut: z.literal(true).optional(),
  takingOutFailed: z.literal(true).optional(),
  messagePlayed: z.literal(true).optional(),
})
export type CallFacts = z.infer<typeof CallFacts>

export function isMachine(answeredBy: Answerer | undefined): boolean {
  return answeredBy?.startsWith('machine') === true || answeredBy === 'fax'
}

/** How a call stands. */
export function stateFrom(facts: CallFacts): CallState['state'] {
  const { refused, leg, inDoubt, answered, key, stopped, end, clientAnswered, answeredBy } = facts
  if (refused !== undefined) return 'failed'
  if (isMachine(answeredBy)) return 'machine'
  if (stopped !== undefined) return 'not_taken'
  if (end !== undefined && key === undefined) return end === 'failed' ? 'failed' : 'not_taken'
  const theirs = endOf(facts)
  if (theirs !== undefined && clientAnswered === undefined) return theirs
  if (end !== undefined || theirs !== undefined) return 'ended'
  if (clientAnswered !== undefined) return 'talking'
  if (key !== undefined) return 'ringing_client'
  if (answered !== undefined) return 'waiting_for_key'
  return leg === undefined && inDoubt !== undefined ? 'unknown' : 'ringing_you'
}

function endOf({ clientEnd, dialEnd }: CallFacts): 'busy' | 'no_answer' | 'failed' | 'ended' | undefined {
  const ends: Record<LegEnd, 'busy' | 'no_answer' | 'failed' | 'ended'> = { busy: 'busy', 'no-answer': 'no_answer', failed: 'failed', canceled: 'ended', completed: 'ended' }
  const known = clientEnd ?? dialEnd
  return known === undefined ? undefined : ends[known]
}

/** Whether anything more can come: not once our person's side has ended, or never began. */
export function isOver({ refused, end }: CallFacts): boolean {
  return refused !== undefined || end !== undefined
}

export function messageOf({ answeredBy, messagePlayed, takenOut, takingOutFailed, message }: CallFacts): CallState['message'] {
  if (!isMachine(answeredBy)) return undefined
  if (messagePlayed !== undefined) return 'left'
  return takenOut !== undefined && takingOutFailed === undefined && message !== undefined && answeredBy !== 'fax' ? 'maybe' : 'not_left'
}

/** What a call came to, in a few words for staff. */
export function outcomeOf(facts: CallFacts): string {
  const message = messageOf(facts)
  const words: Record<CallState['state'], string> = {
    ringing_you: 'Ringing', waiting_for_key: 'Waiting for a key', ringing_client: 'Ringing the client', talking: 'Talking',
    machine: facts.answeredBy === 'fax' ? 'A fax machine' : message === 'left' ? 'Voicemail left' : message === 'maybe' ? 'Answering machine, message perhaps left' : 'Answering machine, no message left',
    not_taken: 'Not taken at the salon, client not rung', no_answer: 'No answer', busy: 'Busy', failed: 'Could not be put through', unknown: 'Not known whether it rang',
    ended: facts.clientAnswered === undefined ? 'Hung up before the client answered' : 'Talked',
  }
  return words[stateFrom(facts)]
}
