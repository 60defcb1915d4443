import { z } from 'zod'
import { DeskError } from '../salon/errors.ts'
import { addMinutes, type Clock, type LocalDate, type LocalTime } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import type { Db, Store, Trx } from '../store/open-store.ts'
import { readSetting, writeSetting } from '../store/settings.ts'
import { StoredList } from './brief-format.ts'
import type { LocationCallList } from './call-list.ts'
import { readCallOutcomes } from './record-call-outcome.ts'

/** One location's brief of one local day; its subject is `brief:LOCATION:DATE`. */
export type BriefDay = { locationId: string; date: LocalDate }

export const briefSubject = ({ locationId, date }: BriefDay): string => `brief:${locationId}:${date}`

const BriefTime = z.object({ time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/) })
const usualTime: LocalTime = '07:30'

/** Outcomes this long before or after a brief was made are about its calls, as on the list itself. */
const outcomeAgeMin = 48 * 60

/**
 * Keeps a location's list as the brief of its day, sealed, with an audit row: the first one of a day stays, however many
 * instances make one. Answers whether it was this one. `andThen` runs in the same transaction when it was: what must
 * follow from the brief (its post) is wanted if and only if the brief is kept.
 */
export async function saveBrief({ store, clock, list, by = 'desk', andThen }: { store: Store; clock: Clock; list: LocationCallList; by?: string; andThen?: ((trx: Trx, day: BriefDay) => Promise<void>) | undefined }): Promise<boolean> {
  const day: BriefDay = { locationId: list.location.id, date: list.date }
  const sealed = JSON.stringify(store.seal.seal(JSON.stringify(list)))
  const now = clock.now()
  return store.transaction(async (trx) => {
    const { numInsertedOrUpdatedRows } = await trx.insertInto('briefs').values({ location_id: day.locationId, day: day.date, list: sealed, created_at: now }).onConflict((conflict) => conflict.doNothing()).executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows !== 1n) return false
    await appendAudit(trx, { at: now, actor: by, action: 'brief.made', subject: briefSubject(day), detail: { listed: list.items.length, heldOut: list.heldOut.length, appointments: list.summary.appointments } })
    await andThen?.(trx, day)
    return true
  })
}

/**
 * The brief of a location's day as it was made, with what came of its calls since; undefined when none was made. Its
 * order, reasons and scripts stay as they were. Throws `DeskError('corrupt')` when it cannot be opened or read.
 */
export async function readBrief({ store, locationId, date }: { store: Store } & BriefDay): Promise<LocationCallList | undefined> {
  const row = await store.db.selectFrom('briefs').select(['list', 'created_at']).where('location_id', '=', locationId).where('day', '=', date).executeTakeFirst()
  if (row === undefined) return undefined
  const list = openList({ store, sealed: row.list })
  const outcomes = await readCallOutcomes({
    db: store.db, from: addMinutes(row.created_at, -outcomeAgeMin), to: addMinutes(row.created_at, outcomeAgeMin), appointmentIds: list.items.map(({ appointment }) => appointment),
  })
  for (const item of list.items) {
    const found = outcomes.get(item.appointment)
    if (found !== undefined) item.outcome = { outcome: found.outcome, at: found.at, by: found.by }
  }
  return list
}

function openList({ store, sealed }: { store: Store; sealed: unknown }): LocationCallList {
  const parsed = typeof sealed === 'string' ? StoredList.safeParse(JSON.parse(store.seal.open(sealed))) : undefined
  if (parsed?.success !== true) {
    throw new DeskError('corrupt', { message: `a kept brief does not fit: ${parsed?.error.issues[0]?.path.join('.') ?? 'not sealed text'}`, userMessage: 'This morning\'s brief was kept by another version of the desk and cannot be read. "desk calls" makes the list anew.' })
  }
  return parsed.data
}

/** When a location's brief is due, on its own clock: its own setting, else the salon's, else 07:30. */
export async function readBriefTime({ db, locationId }: { db: Db | Trx; locationId: string }): Promise<LocalTime> {
  return (await readSetting(db, { name: 'brief', scope: locationId, schema: BriefTime, fallback: { time: usualTime } })).time
}

/** Sets when briefs are due, `HH:MM` in 24 hours, for one location or (without) for all that have no time of their own. Throws `DeskError('invalid_time')`. */
export async function writeBriefTime({ store, clock, locationId = '', time, by }: { store: Store; clock: Clock; locationId?: string; time: string; by: string }): Promise<void> {
  const parsed = BriefTime.safeParse({ time })
  if (!parsed.success) throw new DeskError('invalid_time', { message: 'bad time of the brief', userMessage: `"${time.slice(0, 20)}" is not a time I can read. Write it like 07:30.` })
  await store.transaction((trx) => writeSetting(trx, { name: 'brief', scope: locationId, value: parsed.data, by, now: clock.now() }))
}
