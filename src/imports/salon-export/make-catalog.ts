import type { Catalog, OpeningHours, Service } from '../../salon/salon.ts'
import { money } from '../../salon/money.ts'
import { weekday } from '../../salon/time.ts'
import type { Tables } from './read-tables.ts'

export const salonZone = 'America/Vancouver'
export const salonCurrency = 'CAD'
export const salonLocationId = 'salon'

/** Minutes assumed where the book shows too few gaps to tell. */
const usualMinutes: Record<string, number> = { color: 90, style: 60, misc: 30 }
const fewest = { gaps: 3, prices: 3, bookingsOfAWeekday: 5 }

/**
 * The catalogue that the export implies. It names no durations, hours or (for most services) prices, so:
 * - duration: the lower quartile of the time until the same person's next booking that day (lunch and idle
 *   time only lengthen gaps), to ten minutes; by category where fewer than three gaps are known;
 * - price: the listed one, else the median of what receipts charged for one of it;
 * - hours: from the earliest start to the latest end of a weekday, outward to the half hour; a weekday with
 *   fewer than five bookings counts as closed.
 * All are one figure a service, kept or not: a length or price read off the visit itself would tell whether it was kept.
 */
export function makeCatalog(tables: Tables): Catalog {
  const gaps = gapsByService(tables)
  const charged = chargedByDescription(tables)
  const services = tables.services.map((row): Service => {
    const category = row.Cate.toLowerCase() || 'misc'
    const known = gaps.get(row.Code) ?? []
    const prices = charged.get(row.Desc) ?? []
    const price = row.Price > 0 || prices.length < fewest.prices ? row.Price : quantile(prices, 0.5)
    return {
      id: row.Code,
      name: row.Desc || row.Code,
      category,
      durationMin: known.length < fewest.gaps ? usualMinutes[category] ?? 60 : Math.max(10, Math.round(quantile(known, 0.25) / 10) * 10),
      price: money(price * 100, salonCurrency),
      active: row.IsActive.toLowerCase() === 'true',
      consultation: row.Code === 'CON' || /consult/i.test(row.Desc),
    }
  })
  const performed = new Map<string, Set<string>>()
  for (const row of [...tables.bookings, ...tables.cancellations, ...tables.noShows]) {
    performed.set(row.Staff, (performed.get(row.Staff) ?? new Set()).add(row.Service))
  }
  return {
    business: { id: 'salon-export', name: 'The Salon', demo: false },
    locations: [{ id: salonLocationId, name: 'Salon', zone: salonZone, currency: salonCurrency, hours: openingHours(tables, services), closures: [] }],
    staff: [...performed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, done]) => ({
      id: code, name: code, locationIds: [salonLocationId], serviceIds: [...done].sort(), active: true,
    })),
    services,
  }
}

function gapsByService({ bookings }: Tables): Map<string, number[]> {
  const days = Map.groupBy(bookings, (row) => `${row.Staff} ${row.Date}`)
  const gaps = new Map<string, number[]>()
  for (const rows of days.values()) {
    rows.sort((a, b) => a.TimeInt - b.TimeInt)
    for (const [i, row] of rows.entries()) {
      const next = rows[i + 1]
      if (next && next.TimeInt > row.TimeInt) gaps.set(row.Service, [...(gaps.get(row.Service) ?? []), next.TimeInt - row.TimeInt])
    }
  }
  return gaps
}

function chargedByDescription({ receipts }: Tables): Map<string, number[]> {
  const paid = receipts.filter((row) => row.Amount > 0 && row.Quantity > 0)
  return new Map([...Map.groupBy(paid, (row) => row.Description)].map(([name, rows]) => [name, rows.map((row) => row.Amount / row.Quantity)]))
}

function openingHours({ bookings }: Tables, services: Service[]): OpeningHours[] {
  const minutes = new Map(services.map((service) => [service.id, service.durationMin]))
  const hours = [1, 2, 3, 4, 5, 6, 7].flatMap((day): OpeningHours[] => {
    const rows = bookings.filter((row) => weekday(row.Date) === day)
    if (rows.length < fewest.bookingsOfAWeekday) return []
    const open = Math.min(...rows.map((row) => row.TimeInt))
    const close = Math.max(...rows.map((row) => row.TimeInt + (minutes.get(row.Service) ?? 60)))
    return [{ weekday: day, open: clockTime(Math.floor(open / 30) * 30), close: clockTime(Math.min(Math.ceil(close / 30) * 30, 1439)) }]
  })
  return hours.length > 0 ? hours : [2, 3, 4, 5, 6].map((day) => ({ weekday: day, open: '09:00', close: '18:00' }))
}

/** `HH:MM` of a minute of the day. */
export function clockTime(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

function quantile(values: number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0
}
