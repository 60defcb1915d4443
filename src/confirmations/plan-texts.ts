import type { Appointment, RiskBand } from '../salon/salon.ts'
import { addMinutes, type Instant, localDate, type Zone } from '../salon/time.ts'
import type { ConfirmationSettings } from './confirmation-settings.ts'
import type { Barred, Standing } from './read-standing.ts'
import { nameOf, type StepsNow } from './read-steps.ts'
import { mayBeDueAt, type Next, nextStep, type Step, type VisitNow } from './sequence.ts'

/** One visit that a text speaks of. `again`: it was asked about before and is named once more, so that one YES answers everything that is open. */
type PlannedVisit = { id: string; start: Instant; step: Step | 'again' }
export type PlannedText = { clientId: string; visits: PlannedVisit[] }
/** Why a step that is due is not texted: recorded, and looked at again while the step lasts. */
export type LeftOut = { visit: Appointment; step: Step; why: Barred | 'just_booked' | 'just_asked' | 'answered' | 'no_text' }
/** What a location's clients would get now, in order of the visits. `held`: due, and put off (they have had their text today). */
export type TextPlan = { texts: PlannedText[]; leftOut: LeftOut[]; held: { visit: Appointment; step: Step }[]; isNew: boolean }

/** A location's visits ahead, with what is known of their steps. */
export type Planning = { visits: Appointment[]; steps: ReadonlyMap<string, StepsNow>; settings: ConfirmationSettings; zone: Zone; now: Instant }
type Bands = ReadonlyMap<string, RiskBand>

/** Names in one text; more would not fit into two SMS. */
const mostVisits = 4

/** Only what the salon has accepted and the client has not confirmed. */
export const isAskable = ({ status }: Pick<Appointment, 'status'>): boolean => status === 'booked'

/**
 * The visits whose risk decides whether somebody is texted now, all the others need no score: those that may be due, and of
 * clients who have one of these, what may be within the hold window.
 */
export function visitsToScore({ visits, steps, settings, zone, now }: Planning): Appointment[] {
  const by = addMinutes(now, settings.mergeHours * 60)
  const open = visits.flatMap((visit) => {
    const dueAt = isAskable(visit) ? mayBeDueAt({ visit: visitNow(visit, steps), zone, settings, now }) : undefined
    return dueAt !== undefined && dueAt <= by ? [{ visit, dueAt }] : []
  })
  const clients = new Set(open.filter(({ dueAt }) => dueAt <= now).map(({ visit }) => visit.clientId))
  return open.flatMap(({ visit }) => (clients.has(visit.clientId) ? [visit] : []))
}

/** The clients who have something due, as far as the book says: only what is known of these has to be read. */
export function clientsDue({ visits, steps, settings, zone, now, bands }: Planning & { bands: Bands }): string[] {
  return [...new Set(visits.flatMap((visit) => {
    const band = isAskable(visit) ? bands.get(visit.id) : undefined
    return band !== undefined && nextStep({ visit: visitNow(visit, steps), zone, band, settings, now }).kind === 'due' ? [visit.clientId] : []
  }))]
}

/**
 * Who is texted now at one location, from the book, the bands, and what was done before: nothing is remembered but steps that
 * were dealt with, so a visit that moved or died has none any more. One text a client at most, about everything that is due
 * for them within the hold window; a number that two clients share gets none. A visit without a band is not texted.
 */
export function planTexts({ bands, standing, ...planning }: Planning & { bands: Bands; standing: Standing }): TextPlan {
  const { visits, steps, settings, zone, now } = planning
  const plan: TextPlan = { texts: [], leftOut: [], held: [], isNew: false }
  for (const [clientId, theirs] of Map.groupBy(visits.filter(isAskable), (visit) => visit.clientId)) {
    const open = theirs.flatMap((visit): Open[] => {
      const band = bands.get(visit.id)
      return band === undefined ? [] : [{ visit, band, next: nextStep({ visit: visitNow(visit, steps, standing), zone, band, settings, now }) }]
    })
    for (const { visit, next } of open) if (next.kind === 'left_out') plan.leftOut.push({ visit, step: next.step, why: next.why })
    const due = open.flatMap(({ visit, next }) => (next.kind === 'due' ? [{ visit, step: next.step }] : []))
    const mayAsk = due.filter(({ visit }) => !standing.hasAnswered(visit))
    plan.leftOut.push(...due.filter(({ visit }) => standing.hasAnswered(visit)).map(({ visit, step }) => ({ visit, step, why: 'answered' as const })))
    if (mayAsk.length === 0) continue
    const barred = standing.barred(clientId)
    if (barred !== undefined) plan.leftOut.push(...mayAsk.map(({ visit, step }) => ({ visit, step, why: barred })))
    else if (textsToday({ standing, clientId, zone, now }) >= settings.perClientPerDay) plan.held.push(...mayAsk)
    else {
      const told = together({ ...planning, standing, theirs, mayAsk, soon: open.flatMap((one) => soonOf({ ...planning, ...one, standing })) })
      plan.held.push(...mayAsk.filter((one) => !told.some(({ visit }) => visit === one.visit)))
      plan.isNew ||= told.some(({ visit, step }) => step !== 'again' && !isKnown(steps.get(nameOf(visit)), step))
      plan.texts.push({ clientId, visits: told.map(({ visit: { id, start }, step }) => ({ id, start, step })).sort(byStart) })
    }
  }
  plan.texts.sort((a, b) => byStart(a.visits[0] as PlannedVisit, b.visits[0] as PlannedVisit))
  return plan
}

type Open = { visit: Appointment; band: RiskBand; next: Next }
type Told = { visit: Appointment; step: Step | 'again' }

function visitNow(visit: Appointment, steps: Planning['steps'], standing?: Pick<Standing, 'askedAt'>): VisitNow {
  const { dealtWith = none, texts = 0 } = steps.get(nameOf(visit)) ?? {}
  return { start: visit.start, bookedAt: visit.bookedAt, askedAt: standing?.askedAt(visit), dealtWith, texts }
}

const none: ReadonlySet<Step> = new Set()
const byStart = (a: PlannedVisit, b: PlannedVisit) => (nameOf(a) < nameOf(b) ? -1 : 1)

/** On a card already, or found not to be textable just before. */
const isKnown = (steps: StepsNow | undefined, step: Step): boolean => steps !== undefined && (steps.waiting.has(step) || steps.noText.has(step))

/** What one text speaks of: what is due, what will be within the hold window, and what was asked before and is not answered. */
function together({ standing, settings, theirs, mayAsk, soon }: Planning & { standing: Standing; theirs: Appointment[]; mayAsk: Told[]; soon: Told[] }): Told[] {
  // What has no time of day (some imports) cannot be listed by its time.
  if (settings.mergeHours === 0 || [...mayAsk, ...soon].some(({ visit }) => !visit.timeKnown)) return mayAsk.slice(0, 1)
  const named = [...mayAsk, ...soon]
  const again = theirs.filter((visit) => visit.timeKnown && standing.isAsked(visit) && !standing.hasAnswered(visit) && !named.some((one) => one.visit === visit))
  return [...named, ...again.map((visit) => ({ visit, step: 'again' as const }))].slice(0, mostVisits)
}

/** Due within the hold window, and not left out when it is. */
function soonOf({ visit, band, next, steps, standing, settings, zone, now }: Planning & Open & { standing: Standing }): Told[] {
  if (next.kind !== 'later' || next.dueAt > addMinutes(now, settings.mergeHours * 60) || standing.hasAnswered(visit)) return []
  return nextStep({ visit: visitNow(visit, steps, standing), zone, band, settings, now: next.dueAt }).kind === 'due' ? [{ visit, step: next.step }] : []
}

/** Confirmation texts that a client has had on this local day. */
export function textsToday({ standing, clientId, zone, now }: { standing: Pick<Standing, 'textedAt'>; clientId: string; zone: Zone; now: Instant }): number {
  const texted = standing.textedAt(clientId)
  if (texted.length === 0) return 0
  const today = localDate(now, zone)
  return texted.filter((at) => localDate(at, zone) === today).length
}
