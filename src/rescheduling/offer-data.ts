import { z } from 'zod'
import { confirmQuestion } from '../bookings/tell-client.ts'
import type { Question } from '../messages/messages.ts'
import { Wanted } from './wanted.ts'

export const chooseTime = 'choose_time'

/** "Will you come?" as it was open before times were talked about: to be asked again when the visit stays. */
const Confirm = z.object({ start: z.string() })

const about = { appointmentId: z.string(), start: z.string(), confirm: Confirm.optional() }
const Offered = z.object({ slotId: z.string(), start: z.string(), end: z.string() })

/** What a question about another time has asked, and what must still hold when the answer comes; no words of the client. */
export const Talk = z.discriminatedUnion('stage', [
  /** "Which of these?" `again`: how often a chosen one was gone; `askedBack`: how often we asked which one. */
  z.object({ stage: z.literal('times'), ...about, times: z.array(Offered).min(1), again: z.number().default(0), askedBack: z.number().default(0) }),
  /** "When would suit you?" */
  z.object({ stage: z.literal('when'), ...about, asked: z.number().default(1) }),
  /** "Morning or evening?" */
  z.object({ stage: z.literal('am_pm'), ...about, readings: z.tuple([Wanted, Wanted]), times: z.tuple([z.string(), z.string()]) }),
  /** "We've asked the desk": nothing is asked, but "no, keep it" and another wish still mean this. */
  z.object({ stage: z.literal('asked'), ...about, proposalId: z.string() }),
])
export type Talk = z.infer<typeof Talk>
export type TalkAt<Stage extends Talk['stage']> = Extract<Talk, { stage: Stage }>

/** Undefined for a question that is not about another time. */
export function readTalk(question: Pick<Question, 'data'> | undefined): Talk | undefined {
  return question === undefined ? undefined : Talk.safeParse(question.data).data
}

const One = z.object({ subject: z.string().regex(/^appointment:(?!new$)./), data: z.object({ start: z.string() }) })
const Several = z.object({ data: z.object({ visits: z.array(z.object({ id: z.string(), start: z.string() })).min(1) }) })

/** The visits that a question is about. */
export function visitsAsked(question: Question | undefined): string[] {
  const talk = readTalk(question)
  if (talk !== undefined) return [talk.appointmentId]
  const one = One.safeParse(question).data
  if (one !== undefined) return [one.subject.slice('appointment:'.length)]
  return Several.safeParse(question).data?.data.visits.map(({ id }) => id) ?? []
}

/** The question "will you come?" that is open now, or was before times were talked about. */
export function confirmOf(question: Question | undefined): z.infer<typeof Confirm> | undefined {
  const talk = readTalk(question)
  if (talk !== undefined) return talk.confirm
  const one = One.safeParse(question).data
  return one === undefined ? undefined : { start: one.data.start }
}

/** Asks it again. */
export function askConfirm({ appointmentId, start }: { appointmentId: string; start: string }) {
  return { handler: confirmQuestion, subject: `appointment:${appointmentId}`, expiresAt: start, data: { start } }
}
