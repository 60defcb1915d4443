import type { AppointmentEvent, AppointmentHistory, AppointmentStatus, Catalog } from '../../src/salon/salon.ts'
import { addDays, addMinutes, at, startOfDay } from '../../src/salon/time.ts'
import type { LocalDate } from '../../src/salon/time.ts'

export const riskZone = 'America/Vancouver'

export const riskCatalog: Catalog = {
  business: { id: 'test', name: 'Test salon', demo: false },
  locations: [{ id: 'one', name: 'One', zone: riskZone, currency: 'CAD', hours: [], closures: [] }],
  staff: [{ id: 'S1', name: 'S1', locationIds: ['one'], serviceIds: ['CUT', 'DYE', 'CON'], active: true }],
  services: [
    { id: 'CUT', name: 'Cut', category: 'style', durationMin: 60, price: { minor: 8000, currency: 'CAD' }, active: true, consultation: false },
    { id: 'DYE', name: 'Color', category: 'color', durationMin: 90, price: { minor: 15000, currency: 'CAD' }, active: true, consultation: false },
    { id: 'CON', name: 'Consultation', category: 'misc', durationMin: 20, price: { minor: 0, currency: 'CAD' }, active: true, consultation: true },
  ],
}

export type Ending = 'kept' | 'no_show' | 'late_cancel' | 'early_cancel' | 'open'

/** One booking with the events an export would give: dated by day, known from the start of the next. */
export function booking({ client, date, ending, service = 'CUT', time = '10:00', timeKnown = true }: {
  client: string
  date: LocalDate
  ending: Ending
  service?: string
  time?: string
  timeKnown?: boolean
}): AppointmentHistory {
  const start = at(date, time, riskZone)
  const offered = riskCatalog.services.find(({ id }) => id === service)
  if (!offered) throw new RangeError(service)
  const known = (day: LocalDate): string => startOfDay(addDays(day, 1), riskZone)
  const cancelDay = addDays(date, ending === 'early_cancel' ? -5 : -1)
  const events: Record<Ending, AppointmentEvent[]> = {
    kept: [{ kind: 'completed', at: start, knownAt: known(date) }],
    no_show: [{ kind: 'no_show', at: start, knownAt: known(date) }],
    late_cancel: [{ kind: 'cancelled', at: startOfDay(cancelDay, riskZone), knownAt: known(cancelDay), by: 'unknown' }],
    early_cancel: [{ kind: 'cancelled', at: startOfDay(cancelDay, riskZone), knownAt: known(cancelDay), by: 'unknown' }],
    open: [],
  }
  const statuses: Record<Ending, AppointmentStatus> = { kept: 'completed', no_show: 'no_show', late_cancel: 'cancelled', early_cancel: 'cancelled', open: 'booked' }
  return {
    appointment: {
      id: `visit:${client}:${date}`,
      locationId: 'one',
      clientId: client,
      segments: [{ serviceId: service, staffId: 'S1', staffPreference: 'unknown', start, durationMin: offered.durationMin, price: offered.price }],
      start,
      end: addMinutes(start, offered.durationMin),
      timeKnown,
      status: statuses[ending],
      version: '1',
      notes: [],
      fetchedAt: '2019-01-01T00:00:00.000Z',
    },
    events: events[ending],
  }
}

/** A generated salon whose failures follow the client and the service: something to learn, the same on every run. */
export function riskHistories({ clients = 150, visits = 6 }: { clients?: number; visits?: number } = {}): AppointmentHistory[] {
  let state = 7
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
  return Array.from({ length: clients }, (_, i) => {
    const unreliable = random() < 0.2
    const first = Math.floor(random() * 60)
    return Array.from({ length: visits }, (_visit, v) => {
      const service = ['CUT', 'CUT', 'CUT', 'DYE', 'CON'][Math.floor(random() * 5)] as string
      const chance = (unreliable ? 0.35 : 0.03) + (service === 'CON' ? 0.25 : 0)
      const roll = random()
      const ending: Ending = roll < chance / 2 ? 'no_show' : roll < chance ? 'late_cancel' : roll < chance + 0.05 ? 'early_cancel' : 'kept'
      return booking({ client: `C${i}`, date: addDays('2018-01-02', first + v * 28 + Math.floor(random() * 10)), ending, service })
    })
  }).flat()
}
