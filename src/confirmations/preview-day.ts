import { readRollout, type Rollout } from '../approvals/rollout.ts'
import { chooseDays } from '../calls/choose-days.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { type Appointment, type Catalog, clientName, type Location } from '../salon/salon.ts'
import { at, type Instant, type LocalDate, localDate } from '../salon/time.ts'
import { wantedTexts } from './compose-texts.ts'
import { confirmationKind } from './confirmation-args.ts'
import { readConfirmationSettings } from './confirmation-settings.ts'
import type { PlanningRoom } from './plan-confirmations.ts'
import { type LocationPlan, planLocations, withVisits } from './read-locations.ts'
import { nameOf } from './read-steps.ts'
import { type Step, stepsOf } from './sequence.ts'

/** One text that would go, or a step that would not and why. `visits`: appointment ids with their start. */
type PreviewLine = { client: { id: string; name: string }; visits: { id: string; start: Instant; step: Step | 'again' }[]; at: Instant } & ({ text: string; segments: number } | { why: string })

export type ConfirmationPreview = { location: Pick<Location, 'id' | 'name' | 'zone'>; date: LocalDate; on: boolean; mode: Rollout['mode']; lines: PreviewLine[] }

/**
 * What each location would text on a local day (default today, from now on), as the book stands: who, when, which step, the
 * exact words or why not. What was dealt with already is not in it. Reads only. Throws `DeskError`: `invalid_input`
 * (unknown location), `invalid_time` (bad date, or a day that is over), or the platform's refusal.
 */
export async function previewDay({ room, locationId, date }: { room: PlanningRoom; locationId?: string | undefined; date?: string | undefined }): Promise<ConfirmationPreview[]> {
  const { store, clock, platform } = room
  const now = clock.now()
  const catalog = unwrap(await platform.catalog())
  const days = chooseDays({ catalog, locationId, date, now })
  const settings = await readConfirmationSettings({ db: store.db, locationIds: days.map(({ location }) => location.id) })
  const previews: ConfirmationPreview[] = []
  for (const { location, date: day } of days) {
    const own = settings.get(location.id)
    if (own === undefined) continue
    const opens = at(day, own.from, location.zone)
    const when = opens > now ? opens : now
    const { mode } = await readRollout(store.db, { kind: confirmationKind, locationId: location.id })
    const isOver = at(day, own.until, location.zone) <= now
    const [planned] = isOver ? [] : await planLocations({ ...room, locations: [{ location, settings: own }], now: when })
    previews.push({ location: { id: location.id, name: location.name, zone: location.zone }, date: day, on: own.on, mode, lines: planned === undefined ? [] : await linesOf({ room, planned, catalog, when, now }) })
  }
  return previews
}

async function linesOf({ room, planned, catalog, when, now }: { room: PlanningRoom; planned: LocationPlan; catalog: Catalog; when: Instant; now: Instant }): Promise<PreviewLine[]> {
  const { location, settings, plan, standing, bands } = planned
  const client = (id: string) => ({ id, name: clientName(standing.clients.get(id) ?? { firstName: 'Somebody', lastName: '' }) })
  // Of a day that is not yet there, only what falls due on it: what is due before will have been dealt with.
  const isOfThatDay = (visit: Appointment, step: Step | 'again') => localDate(when, location.zone) === localDate(now, location.zone)
    || stepsOf({ start: visit.start, zone: location.zone, band: bands.get(visit.id) ?? 'low', settings }).some((one) => one.step === step && localDate(one.dueAt, location.zone) === localDate(when, location.zone))
  const texts = withVisits(planned).filter((text) => text.visits.some((visit) => {
    const found = text.appointments.find((appointment) => nameOf(appointment) === nameOf(visit))
    return found !== undefined && isOfThatDay(found, visit.step)
  }))
  const composed = await room.messages.composeAll(wantedTexts({ texts, catalog, location, clients: standing.clients, settings, now: when }))
  const untold = ({ visit, step }: { visit: Appointment; step: Step }, why: string): PreviewLine => ({ client: client(visit.clientId), visits: [{ id: visit.id, start: visit.start, step }], at: when, why })
  return [
    ...texts.map(({ clientId, visits: about }, i): PreviewLine => {
      const line = { client: client(clientId), visits: about, at: when }
      const made = composed[i]
      return made?.kind === 'text' ? Object.assign(line, { text: made.body, segments: made.segments }) : Object.assign(line, { why: made?.why ?? '' })
    }),
    ...plan.leftOut.filter(({ visit, step }) => isOfThatDay(visit, step)).map((left) => untold(left, whyNot[left.why])),
    ...plan.held.filter(({ visit, step }) => isOfThatDay(visit, step)).map((held) => untold(held, 'They have had their confirmation text for today.')),
  ]
}

const whyNot: Record<LocationPlan['plan']['leftOut'][number]['why'], string> = {
  no_number: 'There is no phone number on file: please call where there is another way.',
  shared_number: 'Another client has the same number, so a YES could be anybody\'s: please call.',
  taken_over: 'Somebody of the team has taken the conversation over.',
  waits_for_person: 'Something they wrote waits for a person.',
  in_talk: 'They are being asked something else by text.',
  just_booked: 'The visit was booked so recently that they have just heard of it.',
  just_asked: 'Another text has just asked the same.',
  answered: 'They have answered.',
  no_text: 'They may not be texted.',
}
