import { unwrap } from '../../../platforms/unwrap.ts'
import { type Appointment, clientName } from '../../../salon/salon.ts'
import { chooseLocations } from '../../../salon/choose-locations.ts'
import { dayRange, localDate, sayDate, sayTime, toLocalDate } from '../../../salon/time.ts'
import type { Desk } from '../../../app.ts'
import { sayAge } from '../say-age.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'

/** `desk book`: the book of a day as the platform has it, cancelled visits included. */
export async function book({ terminal, options }: { terminal: Terminal; options: { date?: string; location?: string; json?: boolean } }): Promise<void> {
  await withDesk({ terminal }, async (desk) => {
    const { platform, clock } = desk
    const catalog = unwrap(await platform.catalog())
    const days = []
    for (const location of chooseLocations(catalog.locations, options.location)) {
      const date = options.date === undefined ? localDate(clock.now(), location.zone) : toLocalDate(options.date)
      const visits = await readDay(platform, { locationId: location.id, ...dayRange(date, location.zone) })
      const names = new Map(unwrap(await platform.clients({ ids: [...new Set(visits.map(({ clientId }) => clientId))] })).map((client) => [client.id, clientName(client)]))
      days.push({
        location: location.name,
        date,
        visits: visits.map((visit) => ({
          appointment: visit.id,
          time: visit.timeKnown ? sayTime(visit.start, location.zone) : 'time unknown',
          start: visit.start,
          client: names.get(visit.clientId) ?? visit.clientId,
          services: visit.segments.map(({ serviceId }) => catalog.services.find(({ id }) => id === serviceId)?.name ?? serviceId),
          staff: [...new Set(visit.segments.map(({ staffId }) => catalog.staff.find(({ id }) => id === staffId)?.name ?? staffId))],
          status: visit.status,
        })),
      })
    }
    await sayAge({ terminal, desk, json: options.json })
    if (options.json === true) return terminal.out(JSON.stringify(days, null, 2))
    for (const { location, date, visits } of days) {
      terminal.out(`${location}, ${sayDate(date, localDate(clock.now(), catalog.locations[0]?.zone ?? 'UTC'))}: ${sayCount(visits)}`)
      for (const { time, client, services, staff, status } of visits) terminal.out(`  ${column(time === 'time unknown' ? '' : time, 8, 'right')}  ${column(client, 21)} ${column(services.join(' + '), 25)} ${column(staff.join(', '), 10)} ${status}`)
    }
  })
}

function sayCount(visits: { status: string }[]): string {
  const cancelled = visits.filter(({ status }) => status === 'cancelled').length
  if (visits.length === cancelled) return `nobody booked${cancelled > 0 ? `, ${cancelled} cancelled` : ''}`
  return `${visits.length - cancelled} booked${cancelled > 0 ? `, ${cancelled} cancelled` : ''}`
}

function column(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text
  return side === 'left' ? cut.padEnd(width) : cut.padStart(width)
}

async function readDay(platform: Desk['platform'], query: { locationId: string; from: string; to: string }): Promise<Appointment[]> {
  const visits: Appointment[] = []
  for (let cursor: string | undefined; ;) {
    const page = unwrap(await platform.appointments({ ...query, includeCancelled: true, ...(cursor === undefined ? {} : { cursor }) }))
    visits.push(...page.items)
    if (page.cursor === undefined) return visits
    cursor = page.cursor
  }
}
