import { z } from 'zod'
import type { DayBook } from '../src/agent/tool-results.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { DeskError } from '../src/salon/errors.ts'
import { at, dayRange, localDate, localTime, sayDate, sayTime, toLocalDate } from '../src/salon/time.ts'
import { describeAppointments } from './describe.ts'
import { defineTool, type ToolDeps } from './tool.ts'

const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM, 24 hours')

export function dayBook(deps: ToolDeps) {
  return defineTool({
    name: 'day_book',
    description: 'Everything booked on one day, at one location or all, for one staff member or all, in order of time. Use it for "who is in today?" or "what does Maya have on Friday?". Not for free times (find_slots) and not for who to call (call_list).',
    effect: 'read',
    schema: z.object({
      date: z.string().optional().describe('YYYY-MM-DD; today when left out'),
      staffId: z.string().optional().describe('Only this staff member'),
      locationId: z.string().optional().describe('Only this location'),
      after: Clock.optional().describe('Only those that start at this local time or later'),
      before: Clock.optional().describe('Only those that start before this local time'),
      limit: z.int().min(1).max(100).optional().describe('How many a location, the earliest first; all when left out'),
    }),
    doing: 'opening the day book',
    async run({ date, staffId, locationId, after, before, limit }, context): Promise<DayBook> {
      const catalog = unwrap(await deps.platform.catalog())
      const here = locationId ?? context.locationId
      const locations = catalog.locations.filter(({ id }) => here === undefined || id === here)
      const [first] = locations
      if (first === undefined) throw new DeskError('not_found', { message: 'unknown location', userMessage: `There is no such location. There are: ${catalog.locations.map(({ name }) => name).join(', ')}.` })
      const now = deps.clock.now()
      const day = date === undefined ? localDate(now, first.zone) : toLocalDate(date)
      const pages = await Promise.all(locations.map(({ id, zone }) =>
        deps.platform.appointments({ locationId: id, ...dayRange(day, zone), ...(staffId === undefined ? {} : { staffId }), limit: 500 }).then(unwrap)))
      const zones = new Map(locations.map(({ id, zone }) => [id, zone]))
      const wanted = pages.flatMap(({ items }) => items.filter(({ start, timeKnown, locationId: where }) => {
        const time = localTime(start, zones.get(where) ?? first.zone)
        return !timeKnown || ((after === undefined || time >= after) && (before === undefined || time < before))
      }).slice(0, limit))
      const refs = await describeAppointments(deps, wanted)
      const lines = refs.map((ref) => `${ref.timeKnown ? sayTime(ref.start, zones.get(ref.locationId) ?? first.zone).padStart(8) : ' no time'}  ${ref.client}, ${ref.services} with ${ref.staff}${locations.length > 1 ? ` (${ref.location})` : ''}, ${ref.status}`)
      const staff = staffId === undefined ? undefined : catalog.staff.find(({ id }) => id === staffId)?.name
      const clock = (time: string) => sayTime(at(day, time, first.zone), first.zone)
      const window = after !== undefined && before !== undefined ? ` between ${clock(after)} and ${clock(before)}` : after !== undefined ? ` from ${clock(after)}` : before !== undefined ? ` before ${clock(before)}` : ''
      return { date: day, day: `${sayDate(day, localDate(now, first.zone))}${window}`, appointments: refs, summary: lines.join('\n'), ...(staff === undefined ? {} : { staff }) }
    },
    say({ day, staff, appointments, summary }) {
      const whose = staff === undefined ? '' : ` for ${staff}`
      if (appointments.length === 0) return `Nothing is booked${whose} on ${day}.`
      return `${day}${whose}: ${appointments.length} ${appointments.length === 1 ? 'appointment' : 'appointments'}.\n${summary}`
    },
    forModel: ({ date, day, staff, appointments }) => ({ date, day, staff, appointments: appointments.map(({ appointmentId, clientId, client, when, services, staff: by, location, status }) => ({ appointmentId, clientId, client, when, services, staff: by, location, status })) }),
  })
}
