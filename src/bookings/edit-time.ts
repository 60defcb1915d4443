import type { EditField } from '../approvals/action.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { DeskError } from '../salon/errors.ts'
import type { Catalog, Slot } from '../salon/salon.ts'
import { addMinutes, at, type Instant, localDate, localTime, sayWhen, toLocalDate, type Zone } from '../salon/time.ts'
import { type BookingRoom, findLocation, sayStaff, timesNear } from './read-booking.ts'

type Planned = { slotId: string; rescheduling?: string }

/** The choice that leaves several people as they are. */
const asPlanned = 'as-planned'

/** Date, time and person of a planned slot, on the wall clock of its location. */
export async function moveFields(room: BookingRoom, planned: Planned): Promise<EditField[]> {
  const { slot, catalog, zone } = await readPlanned(room, planned)
  const { options, value } = staffOptions(catalog, slot)
  return [
    { name: 'date', label: 'Date', kind: 'date', value: localDate(slot.start, zone) },
    { name: 'time', label: 'Time', kind: 'time', value: localTime(slot.start, zone) },
    { name: 'staff', label: 'With', kind: 'choice', options, value },
  ]
}

/**
 * The id of the free slot for the same services at the altered date, time and person; what is not given stays.
 * Throws `DeskError` in words: not a date or time, over, no such person, or not free, with up to three times that are.
 */
export async function moveTo(room: BookingRoom, { values, ...planned }: Planned & { values: Record<string, string> }): Promise<string> {
  const { slot, catalog, zone } = await readPlanned(room, planned)
  const now = room.clock.now()
  const { rescheduling } = planned
  const start = readStart({ date: values['date'] ?? localDate(slot.start, zone), time: values['time'] ?? localTime(slot.start, zone), zone })
  if (start <= now) throw new DeskError('invalid_time', { message: 'edited into the past', userMessage: `${sayWhen(start, zone, now)} is over. Choose a time that is still ahead.`, detail: { field: 'date' } })
  const staffId = values['staff'] ?? asPlanned
  if (staffId !== asPlanned && !staffOptions(catalog, slot).options.some(({ value }) => value === staffId)) throw new DeskError('invalid_input', { message: 'not somebody for these services', userMessage: 'Choose somebody from the list: not everybody does these services.', detail: { field: 'staff' } })
  const segments = slot.segments.map((segment) => ({ serviceId: segment.serviceId, staffId: staffId === asPlanned ? segment.staffId : staffId }))
  const moving = rescheduling === undefined ? {} : { rescheduling }
  const [free] = unwrap(await room.platform.searchSlots({ locationId: slot.locationId, wants: segments, from: start, to: addMinutes(start, 1), ...moving, limit: 1 }))
  if (free !== undefined && free.start === start) return free.id
  const times = await timesNear(room, { wanted: { locationId: slot.locationId, start, segments }, ...moving })
  throw new DeskError('conflict', { message: 'edited time is not free', userMessage: `${sayWhen(start, zone, now)} is not free${sayWith(catalog, segments)}.${times.length === 0 ? ' Nothing else is free in the week after it either.' : ` Free instead: ${times.join('; ')}.`}`, detail: { field: 'time' } })
}

async function readPlanned({ platform }: BookingRoom, { slotId, rescheduling }: Planned): Promise<{ slot: Slot; catalog: Catalog; zone: Zone }> {
  const [{ slot }, catalog] = await Promise.all([platform.slot({ id: slotId, ...(rescheduling === undefined ? {} : { rescheduling }) }).then(unwrap), platform.catalog().then(unwrap)])
  return { slot, catalog, zone: findLocation(catalog, slot.locationId).zone }
}

/** Who does all of the slot's services there; where several share it, also "as planned". */
function staffOptions(catalog: Catalog, { segments, locationId }: Slot): { options: { value: string; label: string }[]; value: string } {
  const able = catalog.staff.filter((member) => member.active && member.locationIds.includes(locationId) && segments.every(({ serviceId }) => member.serviceIds.includes(serviceId)))
  const [first] = segments
  const isOne = first !== undefined && segments.every(({ staffId }) => staffId === first.staffId) && able.some(({ id }) => id === first.staffId)
  return {
    options: [...(isOne ? [] : [{ value: asPlanned, label: sayStaff(catalog, segments) }]), ...able.map(({ id, name }) => ({ value: id, label: name }))],
    value: isOne ? first.staffId : asPlanned,
  }
}

function readStart({ date, time, zone }: { date: string; time: string; zone: Zone }): Instant {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) throw new DeskError('invalid_time', { message: 'not a wall-clock time', userMessage: `"${time.slice(0, 20)}" is not a time I can read. Write it like 15:30.`, detail: { field: 'time' } })
  const start = at(toLocalDate(date), time, zone)
  if (localTime(start, zone) !== time) throw new DeskError('invalid_time', { message: 'time in a clock change', userMessage: `On ${date} the clocks change and there is no ${time}. Choose another time.`, detail: { field: 'time' } })
  return start
}

function sayWith(catalog: Catalog, segments: { staffId: string }[]): string {
  const names = [...new Set(segments.map(({ staffId }) => catalog.staff.find(({ id }) => id === staffId)?.name).filter((name) => name !== undefined))]
  return names.length === 0 ? '' : ` with ${names.join(' and ')}`
}
