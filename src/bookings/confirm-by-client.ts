import { z } from 'zod'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import type { Appointment } from '../salon/salon.ts'
import type { Clock } from '../salon/time.ts'
import { confirmQuestion } from './tell-client.ts'

type Question = { id: number; clientId: string; subject: string; data: Record<string, unknown> }
type Answer = { did: 'confirmed' } | { did: 'handed_over'; why: string }

const Asked = z.object({ subject: z.string().regex(/^appointment:(?!new$)./), data: z.object({ start: z.string() }) })

/**
 * What a client's YES to "Reply YES to confirm" does: the visit that was asked about is confirmed, if it is still that
 * client's, still ahead and still at the time they were told. Everything else goes to a person.
 */
export function confirmByClient({ platform, clock }: { platform: BookingPlatform; clock: Clock }) {
  return {
    name: confirmQuestion,
    kind: 'set_status',
    async answer({ question, clientId, key }: { question: Question; clientId: string; key: string }): Promise<Answer> {
      const asked = Asked.safeParse(question)
      if (!asked.success) return handedOver('not_an_appointment')
      const id = asked.data.subject.slice('appointment:'.length)
      const read = await platform.appointment({ id })
      if (!read.ok) return handedOver(read.error.kind)
      const problem = whyNot(read.value)
      if (problem !== undefined) return handedOver(problem)
      if (read.value.status === 'confirmed') return { did: 'confirmed' }
      const written = await platform.setStatus({ key, by: `client:${clientId}`, id, expectedVersion: read.value.version, to: 'confirmed' })
      // What was read back counts: an answer may have been lost, or somebody was faster.
      const after = await platform.appointment({ id })
      if (!after.ok) return handedOver(after.error.kind)
      if (after.value.status === 'confirmed' && whyNot(after.value) === undefined) return { did: 'confirmed' }
      return handedOver(written.ok ? 'not_read_back' : written.error.kind)

      function whyNot(appointment: Appointment): string | undefined {
        if (appointment.clientId !== clientId) return 'other_client'
        if (appointment.start !== asked.data?.data.start) return 'moved_since'
        if (appointment.start <= clock.now()) return 'has_begun'
        return ['requested', 'booked', 'confirmed'].includes(appointment.status) ? undefined : `is_${appointment.status}`
      }
    },
  }
}

const handedOver = (why: string): Answer => ({ did: 'handed_over', why })
