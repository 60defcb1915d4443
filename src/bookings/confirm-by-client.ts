import { z } from 'zod'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import type { Appointment } from '../salon/salon.ts'
import type { Clock, Instant } from '../salon/time.ts'
import { confirmQuestion } from './tell-client.ts'

type Question = { id: number; clientId: string; subject: string; data: Record<string, unknown> }
type Visit = { id: string; start: Instant }
type Answer = { did: 'confirmed' } | { did: 'handed_over'; why: string }

const One = z.object({ subject: z.string().regex(/^appointment:(?!new$)./), data: z.object({ start: z.string() }) })
  .transform(({ subject, data }): Visit[] => [{ id: subject.slice('appointment:'.length), start: data.start }])
const Several = z.object({ subject: z.string().regex(/^appointments:./), data: z.object({ visits: z.array(z.object({ id: z.string(), start: z.string() })).min(1) }) })
  .transform(({ data }): Visit[] => data.visits)
const Asked = z.union([One, Several])

/**
 * What a client's YES to "Reply YES to confirm" does: every visit that was asked about is confirmed, if it is still that
 * client's, still ahead and still at the time they were told. Everything else goes to a person. A plain YES gets no text
 * back: it would cost a text and say nothing new.
 */
export function confirmByClient({ platform, clock }: { platform: BookingPlatform; clock: Clock }) {
  return {
    name: confirmQuestion,
    kind: 'set_status',
    asked(question: Question): { kind: 'confirm'; start?: Instant } {
      const [first] = visitsOf(question)
      return { kind: 'confirm', ...(first === undefined ? {} : { start: first.start }) }
    },
    takes: ['yes'] as const,
    async answer({ question, reply: { clientId }, key }: { question: Question; reply: { clientId: string }; key: string }): Promise<Answer> {
      const visits = visitsOf(question)
      if (visits.length === 0) return { did: 'handed_over', why: 'not_an_appointment' }
      const problems: string[] = []
      for (const visit of visits) {
        const problem = await confirm({ platform, clock, clientId, visit, key: visits.length === 1 ? key : `${key}:${visit.id}` })
        if (problem !== undefined) problems.push(problem)
      }
      if (problems.length === 0) return { did: 'confirmed' }
      const [first = ''] = problems
      return { did: 'handed_over', why: visits.length === 1 ? first : `confirmed_${visits.length - problems.length}_of_${visits.length}_${first}` }
    },
  }
}

function visitsOf(question: Question): Visit[] {
  return Asked.safeParse(question).data ?? []
}

/** Confirms one visit; answers why it could not be, once it was read back. */
async function confirm({ platform, clock, clientId, visit, key }: { platform: BookingPlatform; clock: Clock; clientId: string; visit: Visit; key: string }): Promise<string | undefined> {
  const read = await platform.appointment({ id: visit.id })
  if (!read.ok) return read.error.kind
  const problem = whyNot(read.value)
  if (problem !== undefined) return problem
  if (read.value.status === 'confirmed') return undefined
  const written = await platform.setStatus({ key, by: `client:${clientId}`, id: visit.id, expectedVersion: read.value.version, to: 'confirmed' })
  // What was read back counts: an answer may have been lost, or somebody was faster.
  const after = await platform.appointment({ id: visit.id })
  if (!after.ok) return after.error.kind
  if (after.value.status === 'confirmed') return whyNot(after.value)
  return written.ok ? 'not_read_back' : written.error.kind

  function whyNot(appointment: Appointment): string | undefined {
    if (appointment.clientId !== clientId) return 'other_client'
    if (appointment.start !== visit.start) return 'moved_since'
    if (appointment.start <= clock.now()) return 'has_begun'
    return ['requested', 'booked', 'confirmed'].includes(appointment.status) ? undefined : `is_${appointment.status}`
  }
}
