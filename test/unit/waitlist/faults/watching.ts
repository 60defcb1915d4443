import type { BookingPlatform } from '../../../../src/platforms/booking-platform.ts'
import type { Instance, WaitlistDesk } from '../waitlist-desk.ts'

const phones: Record<string, string> = { 'dana-w': '+12135550101', 'dana-k': '+12135550102', elena: '+12135550103', fay: '+12135550104', george: '+12135550105', hana: '+12135550106', ivan: '+12135550107', jo: '+12135550108' }

/** What an outage of bookings takes away: who somebody is, and what is on the list, can still be read. */
export const bookings = ['slot', 'searchSlots', 'create', 'reschedule', 'cancel', 'appointment', 'appointments', 'changes', 'history'] as const satisfies (keyof BookingPlatform)[]

/** The kinds of texts a client got, oldest first, by a phrase that only that kind has. */
export function heard({ sent }: Pick<WaitlistDesk, 'sent'>, clientId: string): string[] {
  return sent.filter(({ to }) => to === phones[clientId]).map(({ body }) => kindOf(body))
}

function kindOf(body: string): string {
  if (/A (?:sooner )?time is free/.test(body)) return 'offer'
  if (body.includes("you're booked")) return 'booked'
  if (body.includes('just been taken')) return 'taken'
  if (body.includes('could not book')) return 'apology'
  if (body.includes('takes longer than usual')) return 'holding'
  if (body.includes('You are next')) return 'late'
  if (body.includes('is not booked')) return 'not booked'
  if (body.includes('noted. You keep your place')) return 'kept'
  if (/opted out|no more texts|unsubscribed/i.test(body)) return 'stopped'
  return body
}

/** Which replies wait for a person, by client with what was written and why. */
export async function waitingForPeople({ store }: Instance): Promise<[client: string, words: string, why: string | undefined][]> {
  const rows = await store.db.selectFrom('texts').select(['id', 'client_id', 'body']).where('direction', '=', 'in').where('needs_person', '=', true).orderBy('id').execute()
  const audit = await store.db.selectFrom('audit').select(['detail']).where('action', '=', 'text.needs_person').orderBy('seq').execute()
  const whyOf = new Map(audit.map(({ detail }) => [(detail as { textId?: number }).textId, (detail as { why?: string }).why]))
  return rows.map((row) => [row.client_id, store.seal.open(row.body), whyOf.get(row.id)])
}

export async function entryOf({ platform }: Instance, clientId: string): Promise<string | undefined> {
  const entries = await platform.waitlist({ ids: [`w-${clientId}`] })
  return entries.ok ? entries.value[0]?.status : undefined
}

/** Time passes in steps, with the desk at work after each. */
export async function pass(desk: WaitlistDesk, minutes: number, step = 1): Promise<void> {
  for (let passed = 0; passed < minutes; passed += step) {
    desk.clock.advance(Math.min(step, minutes - passed))
    await desk.work()
  }
}
