import type { Appointment, RiskBand } from '../salon/salon.ts'
import { addMinutes, type Instant, localDate, type Zone } from '../salon/time.ts'
import type { ConfirmationSettings } from './confirmation-settings.ts'
import type { Barred, Standing, StepsNow } from './read-standing.ts'
import { mayBeDue, type Next, nextStep, type Step, type VisitNow } from './sequence.ts'

/** One visit that a text speaks of. `again`: it was asked about before and is named once more, so that one YES answers everything that is open. */
export type PlannedVisit = { id: string; start: Instant; step: Step | 'again' }
export type PlannedText = { clientId: string; visits: PlannedVisit[] }
/** Why a step that is due is not texted: recorded, and looked at again while the step lasts. */
export type LeftOut = { visit: Appointment; step: Step; why: Barred | 'just_booked' | 'just_asked' | 'answered' | 'no_text' }
/** What a location's clients would get now, in order of the visits. `held`: due, and put off (they have had their text today). */
export type TextPlan = { texts: PlannedText[]; leftOut: LeftOut[]; held: { visit: Appointment; step: Step }[]; isNew: boolean }

/** Names in one text; more would not fit into two SMS. */
const mostVisits = 4

/** What a step is called by its visit and time. */
export const nameOf = ({ id, start }: { id: string; start: Instant }): string => `${start} ${id}`

export function visitNow(visit: Appointment, standing: Pick<Standing, 'stepsOf' | 'askedAt'>): VisitNow {
  const { dealtWith, texts } = standing.stepsOf(visit)
  return { start: visit.start, bookedAt: visit.bookedAt, askedAt: standing.askedAt(visit), dealtWith, texts }
}

type Planning = { visits: Appointment[]; standing: Standing; settings: ConfirmationSettings; zone: Zone; now: Instant }

/** The visits whose risk decides whether somebody is texted now; all the others need no score. */
export function visitsToScore({ visits, standing, settings, zone, now }: Planning): Appointment[] {
  const by = addMinutes(now, settings.mergeHours * 60)
  return visits.filter((visit) => isAskable(visit) && mayBeDue({ visit: visitNow(visit, standing), zone, settings, now, by }))
}

/** Only what the salon has accepted and the client has not confirmed. */
export const isAskable = ({ status }: Pick<Appointment, 'status'>): boolean => status === 'booked'

/**
 * Who is texted now at one location, from the book, the bands, and what was done before: nothing is remembered but steps that
 * were dealt with, so a visit that moved or died has none any more. One text a client at most, about everything that is due
 * for them within the hold window; a number that two clients share gets none. A visit without a band is not texted.
 */
export function planTexts({ visits, standing, settings, zone, now, bands }: Planning & { bands: ReadonlyMap<string, RiskBand> }): TextPlan {
  const plan: TextPlan = { texts: [], leftOut: [], held: [], isNew: false }
  for (const [clientId, theirs] of Map.groupBy(visits.filter(isAskable), (visit) => visit.clientId)) {
    const open = theirs.flatMap((visit) => {
      const band = bands.get(visit.id)
      return band === undefined ? [] : [{ visit, band, next: nextStep({ visit: visitNow(visit, standing), zone, band, settings, now }) }]
    })
    for (const { visit, next } of open) if (next.kind === 'left_out') plan.leftOut.push({ visit, step: next.step, why: next.why })
    const due = open.flatMap(({ visit, next }) => (next.kind === 'due' ? [{ visit, step: next.step }] : []))
    const mayAsk = due.filter(({ visit }) => !standing.hasAnswered(visit))
    plan.leftOut.push(...due.filter(({ visit }) => standing.hasAnswered(visit)).map(({ visit, step }) => ({ visit, step, why: 'answered' as const })))
    const barred = standing.barred(clientId)
    if (barred !== undefined) plan.leftOut.push(...mayAsk.map(({ visit, step }) => ({ visit, step, why: barred })))
    else if (textsToday({ standing, clientId, zone, now }) >= settings.perClientPerDay) plan.held.push(...mayAsk)
    else if (mayAsk.length > 0) {
      const soon = open.flatMap((one) => (isSoon({ ...one, standing, settings, zone, now }) ? [{ visit: one.visit, step: (one.next as { step: Step }).step }] : []))
      // What has no time of day (some imports) cannot be listed by its time.
      const isAlone = settings.mergeHours === 0 || [...mayAsk, ...soon].some(({ visit }) => !visit.timeKnown)
      const named = isAlone ? mayAsk.slice(0, 1) : [...mayAsk, ...soon]
      const again = isAlone ? [] : theirs.filter((visit) => visit.timeKnown && standing.isAsked(visit) && !standing.hasAnswered(visit) && !named.some((one) => one.visit === visit)).map((visit) => ({ visit, step: 'again' as const }))
      const told = [...named, ...again].slice(0, mostVisits)
      plan.held.push(...mayAsk.filter((one) => !told.some(({ visit }) => visit === one.visit)))
      plan.isNew ||= named.some(({ visit, step }) => told.some((one) => one.visit === visit) && !isKnown(standing.stepsOf(visit), step))
      plan.texts.push({ clientId, visits: told.map(({ visit: { id, start }, step }) => ({ id, start, step })).sort(byStart) })
    }
  }
  plan.texts.sort((a, b) => byStart(a.visits[0] as PlannedVisit, b.visits[0] as PlannedVisit))
  return plan
}

const byStart = (a: PlannedVisit, b: PlannedVisit) => (nameOf(a) < nameOf(b) ? -1 : 1)
/** On a card already, or found not to be textable just before. */
const isKnown = ({ waiting, noText }: StepsNow, step: Step) => waiting.has(step) || noText.has(step)

/** Due within the hold window, and not left out when it is. */
function isSoon({ visit, band, next, standing, settings, zone, now }: Omit<Planning, 'visits'> & { visit: Appointment; band: RiskBand; next: Next }): boolean {
  if (next.kind !== 'later' || next.dueAt > addMinutes(now, settings.mergeHours * 60) || standing.hasAnswered(visit)) return false
  return nextStep({ visit: visitNow(visit, standing), zone, band, settings, now: next.dueAt }).kind === 'due'
}

/** Confirmation texts that a client has had on this local day. */
export function textsToday({ standing, clientId, zone, now }: { standing: Pick<Standing, 'textedAt'>; clientId: string; zone: Zone; now: Instant }): number {
  const today = localDate(now, zone)
  return standing.textedAt(clientId).filter((at) => localDate(at, zone) === today).length
}
