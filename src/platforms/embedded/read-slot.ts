import { failed, ok, type Outcome } from '../booking-platform.ts'
import type { Slot } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'
import type { Db } from '../../store/open-store.ts'
import { checkSlot } from './check-slot.ts'
import { endOf, startOf } from './fold-events.ts'
import { readFormerTimes } from './former-times.ts'
import { isFormerTimeFree, readBusy } from './occupancy.ts'
import { readAppointment } from './read-appointments.ts'
import { readCatalog } from './read-catalog.ts'
import { occupiedStretches, overlap, seconds } from './stretches.ts'

/** A slot by its id, and whether it is free at `now`; one whose time has passed is not. */
export async function readSlot({ db, id, rescheduling, now }: { db: Db; id: string; rescheduling?: string | undefined; now: Instant }): Promise<Outcome<{ slot: Slot; free: boolean }>> {
  const catalog = await readCatalog(db)
  if (catalog === undefined) return failed('invalid', 'the book is empty')
  const moving = rescheduling === undefined ? undefined : await readAppointment({ db, id: rescheduling, now })
  if (moving?.ok === false) return moving
  const checked = checkSlot({ slotId: id, catalog, now, moving: moving?.value, former: rescheduling === undefined ? [] : await readFormerTimes({ db, appointmentId: rescheduling }), mayBePast: true })
  if ('error' in checked) return checked
  const { locationId, segments, goesBack } = checked
  const slot = { id, locationId, start: startOf(segments), end: endOf(segments), segments }
  if (goesBack && rescheduling !== undefined) return ok({ slot, free: slot.start >= now && await isFormerTimeFree({ db, catalog, appointmentId: rescheduling, segments, now }) }, now)
  const wanted = occupiedStretches({ segments, services: catalog.serviceById })
  const busy = await readBusy({ db, catalog, staffIds: [...new Set(wanted.map((stretch) => stretch.staffId))], span: { from: seconds(slot.start), to: seconds(slot.end) }, now, except: rescheduling })
  const free = slot.start >= now && wanted.every((stretch) => !(busy.get(stretch.staffId) ?? []).some((taken) => overlap(stretch, taken)))
  return ok({ slot, free }, now)
}
