import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { BookData } from '../../src/salon/book-data.ts'
import { money } from '../../src/salon/money.ts'
import type { Appointment, AppointmentHistory, Client } from '../../src/salon/salon.ts'
import { addMinutes, type Instant } from '../../src/salon/time.ts'

/** When the chat requests are said: a Wednesday morning before the doors open. */
export const chatNow: Instant = '2026-11-18T16:30:00.000Z'

/** Rows of `chat-salon.json`: id, first and last name, phone; and id, location, client, start, status, "service staff minutes price; …". */
const Rows = z.object({
  catalog: z.unknown(), shifts: z.unknown(), waitlist: z.unknown(),
  clients: z.array(z.tuple([z.string(), z.string(), z.string(), z.string()])),
  appointments: z.array(z.tuple([z.string(), z.string(), z.string(), z.string(), z.string(), z.string()])),
})

/** A week of the demo salon as it was when the chat requests were written; it stays when the demo changes. */
export async function chatSalon(): Promise<BookData> {
  const { clients, appointments, ...rest } = Rows.parse(JSON.parse(await readFile(join(import.meta.dirname, '../data/chat-salon.json'), 'utf8')))
  return {
    ...rest as Pick<BookData, 'catalog' | 'shifts' | 'waitlist'>,
    clients: clients.map(([id, firstName, lastName, phone]): Client => ({ id, firstName, lastName, phones: [phone], consent: { sms: 'in', email: 'unknown' }, tags: [], notes: [], holdings: [], createdAt: '2025-01-05T18:00:00.000Z' })),
    appointments: appointments.map(readVisit),
  }
}

function readVisit([id, locationId, clientId, minute, status, services]: z.output<typeof Rows>['appointments'][number]): AppointmentHistory {
  const start: Instant = `${minute}:00.000Z`
  const bookedAt = addMinutes(start, -14 * 24 * 60) < addMinutes(chatNow, -60) ? addMinutes(start, -14 * 24 * 60) : addMinutes(chatNow, -24 * 60)
  let end = start
  const segments = services.split('; ').map((service): Appointment['segments'][number] => {
    const [serviceId = '', staffId = '', minutes, price] = service.split(' ')
    const segment = { serviceId, staffId, staffPreference: 'unknown' as const, start: end, durationMin: Number(minutes), price: money(Number(price), 'USD') }
    end = addMinutes(end, Number(minutes))
    return segment
  })
  const known = status as Appointment['status']
  const at = start < chatNow ? start : addMinutes(chatNow, -60)
  return {
    appointment: { id, locationId, clientId, segments, start, end, timeKnown: true, status: known, version: '1', bookedAt, notes: [], fetchedAt: chatNow, ...(known === 'cancelled' && { cancelledBy: 'client' as const }) },
    events: [{ kind: 'booked', at: bookedAt, knownAt: bookedAt, by: 'client' }, ...(known === 'booked' ? [] : [{ kind: known as 'confirmed', at, knownAt: at, by: 'client' as const }])],
  }
}
